"""An entry of the registry: origin, licence, citation, files with checksums, and the fits that they allow."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True)
class Citation:
    """What to cite.

    Attributes
    ----------
    authors, title : str
    year : int
    arxiv : str
        Identifier; empty where there is none.
    venue : str
        Where it appeared, other than arXiv.
    """

    authors: str
    title: str
    year: int
    arxiv: str = ""
    venue: str = ""

    def __str__(self) -> str:
        """The citation in a line."""
        where = [self.venue] if self.venue else []
        where += [f"arXiv:{self.arxiv}"] if self.arxiv else []
        return f'{self.authors}, "{self.title}", {", ".join([*where, str(self.year)])}'


@dataclass(frozen=True)
class Column:
    """A column that matters.

    Attributes
    ----------
    name : str
        As in the header.
    unit : str
        `1` for fractions and counts, `-` for labels.
    meaning : str
    """

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class DataFile:
    """One file of a set.

    Attributes
    ----------
    name : str
        Under which it is kept.
    sha256 : str
        64 hexadecimal digits.
    bytes : int
        Its size. [byte]
    rows : int
        Records below the header.
    columns : tuple of Column
        The main ones.
    url : str or None
        Where the same bytes are downloaded; None where the file was made from other files of the origin.
    derived : str
        From what, and how; empty for a file that is downloaded.
    verified : bool
        Whether a download from `url` was once seen to have this checksum.
    """

    name: str
    sha256: str
    bytes: int
    rows: int
    columns: tuple[Column, ...]
    url: str | None = None
    derived: str = ""
    verified: bool = False


@dataclass(frozen=True)
class FitLine:
    """A fit that a file allows.

    Attributes
    ----------
    file, form : str
        Name of the file, and form of `budgetplan fit`.
    columns : tuple of str
        `ROLE=NAME`, for columns that are not named after their role.
    where, objective, fixed, holdout : str
        Options of the same names; empty where they are left out.
    note : str
        What comes out, or what to beware of.
    """

    file: str
    form: str
    columns: tuple[str, ...] = ()
    where: str = ""
    objective: str = ""
    fixed: str = ""
    holdout: str = ""
    note: str = ""

    def command(self, path: PurePath | str) -> str:
        """Return the command line of the fit.

        Parameters
        ----------
        path : path or str
            Of the file.

        Examples
        --------
        >>> FitLine("runs.csv", "chinchilla", ("params=Model Size",)).command("runs.csv")
        "budgetplan fit runs.csv --form chinchilla --column 'params=Model Size'"
        """
        words = ["budgetplan", "fit", str(path), "--form", self.form]
        for column in self.columns:
            words += ["--column", column]
        options = {"--where": self.where, "--objective": self.objective, "--fixed": self.fixed, "--holdout": self.holdout}
        for option, value in options.items():
            words += [option, value] if value else []
        return shlex.join(words)


@dataclass(frozen=True)
class DataSet:
    """One public data set.

    Attributes
    ----------
    id, title : str
    origin : tuple of str
        Addresses at a pinned commit.
    licence : str
        In a few words; `none stated` where the origin has no licence file.
    citation : Citation
    files : tuple of DataFile
    licence_note : str
        Who states the licence, and where.
    fits : tuple of FitLine
        Empty where no form of `budgetplan fit` applies.
    published, notes : tuple of str
        Results to compare with, and what to beware of.
    """

    id: str
    title: str
    origin: tuple[str, ...]
    licence: str
    citation: Citation
    files: tuple[DataFile, ...]
    licence_note: str = ""
    fits: tuple[FitLine, ...] = ()
    published: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """Forms of `budgetplan fit` that the set can fit, each once."""
        return tuple(dict.fromkeys(fit.form for fit in self.fits))
