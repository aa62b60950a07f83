"""The shape of a transformer: everything that its params and its FLOP per token follow from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attention:
    """How the tokens of one layer look at each other.

    Attributes
    ----------
    heads : int
        Query heads [1].
    key_value_heads : int
        Heads of keys and values; fewer than `heads` where groups of queries share them [1].
    head_width : int
        Of a query and a key [1].
    value_width : int
        Of a value; `head_width` unless keys have a part of their own [1].
    query_rank, key_value_rank : int or None
        Width that queries, and keys and values, are pressed through (multi-head latent attention) [1]; None: straight.
    shared_key_width : int
        Part of a key that all heads share and that bypasses `key_value_rank` [1]; 0: none.
    window : int or None
        How far back a token looks in the layers that look back only so far [token]; None: no such layers.
    windowed_layers : int
        How many those are [1].
    """

    heads: int
    key_value_heads: int
    head_width: int
    value_width: int
    query_rank: int | None = None
    key_value_rank: int | None = None
    shared_key_width: int = 0
    window: int | None = None
    windowed_layers: int = 0


@dataclass(frozen=True)
class FeedForward:
    """The part of a layer that sees one token at a time.

    Attributes
    ----------
    width : int
        Of the hidden layer where it is dense [1]; 0 where no layer is.
    matrices : int
        3 with a gate (SwiGLU), 2 without [1].
    dense_layers : int
        How many layers are dense [1]; the others have experts.
    experts, active_experts : int
        How many there are, and how many of them a token is sent to [1]; 0 in a dense model.
    shared_experts : int
        Experts that every token passes through, beside those [1].
    expert_width : int
        Of the hidden layer of one expert [1].
    """

    width: int
    matrices: int
    dense_layers: int
    experts: int = 0
    active_experts: int = 0
    shared_experts: int = 0
    expert_width: int = 0


@dataclass(frozen=True)
class PublishedFlop:
    """FLOP per token as somebody published them, and what they counted.

    Attributes
    ----------
    value : float
        Of training, forward and backward [FLOP/token].
    context : int
        Length of a sequence [token].
    count : {"causal", "full", "none"}
        Pairs of tokens in the attention: those that are looked at, all of them, or no attention at all.
    source, status : str
        Where it stands, and how that was read.
    """

    value: float
    context: int
    count: str
    source: str
    status: str


@dataclass(frozen=True)
class Architecture:
    """One transformer.

    Attributes
    ----------
    id, title : str
        Short and full name; the id is that of the model table where the model is in it.
    aliases : tuple of str
        Other names.
    layers, width, vocabulary : int
        Depth, width of the stream between layers, and tokens that there are [1].
    tied : bool
        Whether the head is the transpose of the embedding.
    attention : Attention
        Of every layer.
    feed_forward : FeedForward
        Of every layer.
    published_flop : tuple of PublishedFlop
        To check against.
    sources : tuple of str
        Of the shape.
    status : str
        How they were read.
    notes : tuple of str
        What to beware of.
    """

    id: str
    title: str
    aliases: tuple[str, ...]
    layers: int
    width: int
    vocabulary: int
    tied: bool
    attention: Attention
    feed_forward: FeedForward
    published_flop: tuple[PublishedFlop, ...] = ()
    sources: tuple[str, ...] = ()
    status: str = ""
    notes: tuple[str, ...] = ()

    @property
    def sparse(self) -> bool:
        """Whether a token passes through only some of the params of a layer."""
        return self.feed_forward.experts > self.feed_forward.active_experts
