"""A decoder-only transformer, small enough for a laptop, and what it counts: params and FLOP per token.

Pre-norm, rotary positions, tied embeddings, squared ReLU. One function serves training, decoding with a cache and groups of
answers that share a prompt: `Transformer.forward` reads new tokens after a past that is a list of keys and values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from budgetplan.lab.corpus import VOCABULARY

CONTEXT = 96
"""Tokens that a sequence has at most."""


@dataclass(frozen=True)
class Shape:
    """The shape of a model.

    Attributes
    ----------
    width, layers, heads : int
        Of the residual stream, blocks, and attention heads.
    """

    width: int
    layers: int
    heads: int

    @property
    def params(self) -> int:
        """Params active per token, with the tied embedding counted once, as the package counts N. [param]

        Examples
        --------
        >>> [shape.params for shape in SIZES.values()]
        [27840, 104832, 312480, 938240]
        """
        blocks = self.layers * (12 * self.width**2 + 2 * self.width)
        return blocks + VOCABULARY * self.width + self.width

    def forward_flop(self, tokens: int, past: int = 0) -> int:
        """FLOP of reading `tokens` tokens after `past` others, two per multiplication and addition. [FLOP]

        Attention is counted for the pairs that it computes, which is all of them: the masked ones too. Normalisation,
        activations and rotations are left out (below 3 % of the whole at these sizes), and so is padding.

        Examples
        --------
        >>> shape = SIZES["30k"]
        >>> round(shape.forward_flop(96) / 96 / shape.params, 2)
        2.87
        """
        matrices = self.layers * 12 * self.width**2 + VOCABULARY * self.width
        pairs = self.layers * 2 * self.width * tokens * (past + tokens)
        return 2 * (tokens * matrices + pairs)

    def flop_per_token(self, context: int = CONTEXT) -> float:
        """FLOP of one token of pre-training, forward and backward, in sequences of `context` tokens. [FLOP]

        The backward pass is twice the forward pass: gradients by the inputs and by the weights.
        """
        return 3.0 * self.forward_flop(context) / context


SIZES = {"30k": Shape(32, 2, 2), "100k": Shape(64, 2, 4), "300k": Shape(112, 2, 7), "1M": Shape(160, 3, 5)}
"""Shapes by name."""

Past = list[tuple[Tensor, Tensor]]
"""Keys and values per layer, each of shape (sequence, head, token, width of a head)."""


@dataclass(frozen=True)
class Shared:
    """The past of prompts, each read once for all of its sequences.

    Attributes
    ----------
    past : Past
        Of the prompts.
    slots : Tensor of shape (sequence,), optional
        Where each sequence stands in a table of prompts x `group`; default: all places are taken, in order.
    group : int
        Sequences per prompt at most.
    """

    past: Past
    group: int
    slots: Tensor | None = None

    @classmethod
    def of(cls, past: Past, prompt: Tensor) -> Shared:
        """Return the past for sequences that stand in the order of their prompts, from the prompt of each."""
        counts = torch.bincount(prompt, minlength=past[0][0].shape[0])
        first = torch.cumsum(counts, 0) - counts
        group = int(counts.max())
        return cls(past, group, prompt * group + torch.arange(len(prompt), device=prompt.device) - first[prompt])

    def by_prompt(self, per_sequence: Tensor) -> Tensor:
        """Put rows of a prompt's sequences below each other: (sequence, head, token, x) to (prompt, head, group x token, x)."""
        prompts, (_, heads, length, width) = self.past[0][0].shape[0], per_sequence.shape
        if self.slots is not None:
            table = per_sequence.new_zeros(prompts * self.group, heads, length, width)
            per_sequence = table.index_copy(0, self.slots, per_sequence)
        return per_sequence.view(prompts, self.group, heads, length, width).transpose(1, 2).reshape(prompts, heads, -1, width)

    def by_sequence(self, per_prompt: Tensor, length: int) -> Tensor:
        """Undo `by_prompt`."""
        prompts, heads, _, width = per_prompt.shape
        table = per_prompt.view(prompts, heads, self.group, length, width).transpose(1, 2).reshape(-1, heads, length, width)
        return table if self.slots is None else table.index_select(0, self.slots)


class Transformer(nn.Module):
    """The model.

    Parameters
    ----------
    shape : Shape
    generator : torch.Generator
        Of the initial weights.
    outputs : int, optional
        Outputs per token; default: logits of the vocabulary through the tied embedding. One makes a critic.
    """

    def __init__(self, shape: Shape, generator: torch.Generator, outputs: int | None = None) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.embedding = nn.Parameter(_normal((VOCABULARY, width), 0.02, generator))
        self.blocks = nn.ModuleList(Block(shape, generator) for _ in range(shape.layers))
        self.norm = nn.Parameter(torch.ones(width))
        self.head = None if outputs is None else nn.Parameter(torch.zeros(outputs, width))
        half = width // shape.heads // 2
        angles = torch.arange(CONTEXT)[:, None] * 100.0 ** (-torch.arange(half) / half)  # wavelengths from 6 to 600 tokens
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)

    cosine: Tensor
    sine: Tensor

    def forward(self, tokens: Tensor, shared: Shared | None = None, own: Past | None = None) -> tuple[Tensor, Past]:
        """Logits after each token, and the keys and values to go on from.

        Parameters
        ----------
        tokens : Tensor of shape (sequence, token)
            New tokens.
        shared : Shared, optional
            Of prompts that come before.
        own : Past, optional
            Of the sequences themselves, after the shared past.

        Returns
        -------
        tuple
            Logits of shape (sequence, token, vocabulary), and the sequences' own past with the new tokens added.
        """
        start = (shared.past[0][0].shape[2] if shared else 0) + (own[0][0].shape[2] if own else 0)
        stop = start + tokens.shape[1]
        turn = (self.cosine[start:stop], self.sine[start:stop])
        hidden = functional.embedding(tokens, self.embedding)
        past: Past = []
        for i, block in enumerate(self.blocks):
            hidden, pair = block(hidden, turn, shared, i, own[i] if own else None)
            past.append(pair)
        hidden = functional.layer_norm(hidden, self.norm.shape, self.norm)
        return functional.linear(hidden, self.embedding if self.head is None else self.head), past


class Block(nn.Module):
    """Attention and a two-layer network, each added to what came in."""

    def __init__(self, shape: Shape, generator: torch.Generator) -> None:
        super().__init__()
        self.heads, width = shape.heads, shape.width
        narrow = width**-0.5
        into = narrow / math.sqrt(2 * shape.layers)  # so that the sum over blocks has unit variance
        self.norm_1, self.norm_2 = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))
        self.qkv = nn.Parameter(_normal((3 * width, width), narrow, generator))
        self.out = nn.Parameter(_normal((width, width), into, generator))
        self.up = nn.Parameter(_normal((4 * width, width), narrow, generator))
        self.down = nn.Parameter(_normal((width, 4 * width), into / 2, generator))

    def forward(
        self, hidden: Tensor, turn: tuple[Tensor, Tensor], shared: Shared | None, layer: int, own: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return the hidden state after the block, and the keys and values with those of the new tokens."""
        number, length, width = hidden.shape
        normed = functional.layer_norm(hidden, self.norm_1.shape, self.norm_1)
        qkv = functional.linear(normed, self.qkv).view(number, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = _rotate(qkv[0], turn), _rotate(qkv[1], turn), qkv[2]
        if own is not None:
            key, value = torch.cat([own[0], key], 2), torch.cat([own[1], value], 2)
        if shared is None and own is None:
            mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        else:
            mixed = _attend(query, key, value, shared, layer)
        mixed = mixed.transpose(1, 2).reshape(number, length, width)
        hidden = hidden + functional.linear(mixed, self.out)
        normed = functional.layer_norm(hidden, self.norm_2.shape, self.norm_2)
        active = functional.relu(functional.linear(normed, self.up)).square()
        return hidden + functional.linear(active, self.down), (key, value)


def _attend(query: Tensor, key: Tensor, value: Tensor, shared: Shared | None, layer: int) -> Tensor:
    """Attention to the whole shared past and causally to the sequence's own keys."""
    length, width = query.shape[2:]
    query = query * width**-0.5
    scores = query @ key.transpose(2, 3)
    if length > 1:
        later = torch.ones(length, key.shape[2], dtype=torch.bool, device=query.device).triu(key.shape[2] - length + 1)
        scores = scores.masked_fill(later, -torch.inf)
    if shared is None:
        return torch.softmax(scores, -1) @ value
    keys, values = shared.past[layer]
    before = keys.shape[2]
    earlier = shared.by_sequence(shared.by_prompt(query) @ keys.transpose(2, 3), length)
    weights = torch.softmax(torch.cat([earlier, scores], -1), -1)
    return shared.by_sequence(shared.by_prompt(weights[..., :before]) @ values, length) + weights[..., before:] @ value


def _rotate(vectors: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    first, second = vectors.chunk(2, -1)
    cosine, sine = turn
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], -1)


def _normal(size: tuple[int, ...], spread: float, generator: torch.Generator) -> Tensor:
    return torch.randn(size, generator=generator) * spread
