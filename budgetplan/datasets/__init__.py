"""Public data sets: what they are, where they come from, how to get them and which laws they fit."""

from budgetplan.datasets.describe import dataset_record, dataset_rows
from budgetplan.datasets.entries import DataFile, DataSet
from budgetplan.datasets.fetch import fetch
from budgetplan.datasets.places import cache_folder, locate
from budgetplan.datasets.registry import find_dataset, load_datasets

__all__ = [
    "DataFile",
    "DataSet",
    "cache_folder",
    "dataset_record",
    "dataset_rows",
    "fetch",
    "find_dataset",
    "load_datasets",
    "locate",
]
