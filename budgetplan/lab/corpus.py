"""The text of the lab: the source of Python's own standard library, as characters, split by file.

Every Python installation has it, so nothing has to be downloaded, and the fingerprint says which text a result belongs to.
"""

from __future__ import annotations

import hashlib
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from budgetplan.errors import DataError

Tokens = npt.NDArray[np.uint8]

ALPHABET = "\n" + "".join(chr(code) for code in range(32, 127))
"""Newline and printable ASCII: token i is character i."""
UNKNOWN = len(ALPHABET)
"""The token of every other character."""
VOCABULARY = len(ALPHABET) + 1
"""How many tokens there are."""

# Tests, foreign code; and tables of characters and one string of help text, which are 2 of 11 million characters.
_LEFT_OUT = frozenset(
    ["site-packages", "dist-packages", "__pycache__", "test", "tests", "idlelib", "idle_test", "encodings", "pydoc_data"]
)
_HELD_OUT_SHARE = 0.1
_TABLE = np.full(129, UNKNOWN, dtype=np.uint8)
_TABLE[[ord(character) for character in ALPHABET]] = np.arange(len(ALPHABET), dtype=np.uint8)


@dataclass(frozen=True)
class Corpus:
    """Source files as text, those to train on and those held out.

    Attributes
    ----------
    train, held_out : tuple of str
        The text of each file, in the order of their names.
    train_names, held_out_names : tuple of str
        Paths relative to the folder, with `/`.
    fingerprint : str
        SHA-256 over the names and contents of all files.
    """

    train: tuple[str, ...]
    held_out: tuple[str, ...]
    train_names: tuple[str, ...]
    held_out_names: tuple[str, ...]
    fingerprint: str

    @property
    def train_tokens(self) -> Tokens:
        """All training files one after the other, of shape (token,)."""
        return encode("\n".join(self.train))

    @property
    def held_out_tokens(self) -> Tokens:
        """All held-out files one after the other, of shape (token,)."""
        return encode("\n".join(self.held_out))


def encode(text: str) -> Tokens:
    r"""Characters as tokens, of shape (character,).

    Examples
    --------
    >>> encode("a b\n").tolist(), int(encode("é")[0]) == UNKNOWN
    ([66, 1, 67, 0], True)
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    tokens: Tokens = _TABLE[np.minimum(codes, 128)]
    return tokens


def decode(tokens: npt.ArrayLike) -> str:
    r"""Tokens as characters; unknown ones show as the replacement character.

    Examples
    --------
    >>> decode(encode("x = 1\n"))
    'x = 1\n'
    """
    return "".join((ALPHABET + "\N{REPLACEMENT CHARACTER}")[int(token)] for token in np.asarray(tokens).ravel())


def is_held_out(name: str, seed: int = 0, share: float = _HELD_OUT_SHARE) -> bool:
    """Whether a file is held out, from its name alone: adding a file moves no other.

    Parameters
    ----------
    name : str
        Path relative to the folder, with `/`.
    seed : int
        Of the split.
    share : float
        Of the files that are held out [1].
    """
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


@cache
def load_corpus(folder: Path | None = None, seed: int = 0) -> Corpus:
    """Read and split the source files below a folder.

    Parameters
    ----------
    folder : Path, optional
        Default: the standard library of the running Python.
    seed : int
        Of the split.

    Returns
    -------
    Corpus

    Raises
    ------
    DataError
        Where there are no source files, as in a Python that carries only compiled ones.
    """
    root = Path(sysconfig.get_path("stdlib")) if folder is None else folder
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*.py")}
    names = sorted(name for name in files if not _LEFT_OUT & set(name.split("/")))
    held_out_names = tuple(name for name in names if is_held_out(name, seed))
    train_names = tuple(name for name in names if not is_held_out(name, seed))
    if not (held_out_names and train_names):
        raise DataError(
            f"`{root}` holds {len(names)} Python source files: too few to train on some and test on others.",
            "Use a Python installation that carries its library as source.",
        )
    digest, texts = hashlib.sha256(), {}
    for name in names:
        # Universal newlines: the same text on every system.
        texts[name] = files[name].read_text(encoding="utf-8", errors="replace")
        content = texts[name].encode("utf-8", "replace")
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return Corpus(
        tuple(texts[name] for name in train_names),
        tuple(texts[name] for name in held_out_names),
        train_names,
        held_out_names,
        digest.hexdigest(),
    )
