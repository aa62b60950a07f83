"""Work spread over workers, with answers that do not depend on how many there are."""
