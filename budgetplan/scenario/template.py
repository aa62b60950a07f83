"""The commented scenario that `budgetplan init` writes: it runs as it is, and every field is one `#` away."""

from __future__ import annotations

import textwrap

from budgetplan.scenario.model import Scenario

_SECTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "The budget, in one of three ways: FLOP; devices with a time; money. Or a target, further down.",
        {
            "budget": "1e25 FLOP",
            "gpus": "256xH100",
            "duration": "21d",
            "mfu": "40%",
            "usd": "2Musd",
            "price": "2.5usd/h",
            "gpu": "H100",
            "reserve": "30%",
            "goodput": "90%",
            "deadline": "30d",
            "precision": "fp8",
        },
    ),
    ("The law: `budgetplan laws` lists them.", {"law": "default", "link": "\n  rl: scalerl-8b"}),
    (
        "The model's shape: `budgetplan architecture` lists them.",
        {"architecture": "deepseek-v3", "context": "8192", "decode_context": "32768"},
    ),
    (
        "Limits. Keys of fix, min and max: params, pretraining_tokens, rl_tokens, inference_tokens, "
        "samples_per_query, pretraining_share, rl_share, inference_share.",
        {
            "params": "70B",
            "fix": "\n  samples_per_query: 4",
            "min": "\n  pretraining_tokens: 1T",
            "max": "\n  rl_share: 20%",
            "unique_tokens": "15T",
            "checkpoint": "8B,15T",
        },
    ),
    (
        "Inference: what is served, and how an answer is picked.",
        {
            "queries": "1B",
            "tokens_per_sample": "2000",
            "prompt_tokens": "1000",
            "serve": "1T",
            "verifier": "none",
            "decode_utilisation": "25%",
            "prefill_utilisation": "100%",
        },
    ),
    ("How compute is counted.", {"method": "grpo", "count": "training-equivalent"}),
    (
        "A target instead of a budget: the least compute that reaches it.",
        {"target_loss": "0.13", "target_success": "90%"},
    ),
    (
        "The answer: what is scored, and how sure it has to be.",
        {
            "share": "\n  pretraining: 60%\n  rl: 20%\n  inference: 20%",
            "tolerance": "1%",
            "objective": "law",
            "draws": "2000",
            "seed": "0",
            "certify": "false",
            "strict": "false",
        },
    ),
)
_LIVE = ("budget", "law")


def template() -> str:
    """Return a commented scenario that runs as it is.

    Lines that begin with `# ` explain; lines that begin with `#` and a key are fields, in use once the sign is removed.

    Returns
    -------
    str
        YAML with every field; `budget` and `law` are in use.

    Examples
    --------
    >>> template().splitlines()[0]
    '# A planning question for budgetplan. Run it: budgetplan plan FILE'
    """
    lines = ["# A planning question for budgetplan. Run it: budgetplan plan FILE"]
    lines += ["# Remove the # before a key to use it. Every number can carry its unit.", ""]
    lines += [_comment(_description("schema_version")), f"schema: {Scenario.model_fields['schema_version'].default}"]
    for title, fields in _SECTIONS:
        lines += ["", *textwrap.wrap(title, 110, initial_indent="# --- ", subsequent_indent="# --- "), ""]
        for name, example in fields.items():
            lines.append(_comment(_description(name)))
            sign = "" if name in _LIVE else "#"
            lines += [sign + line for line in f"{name}: {example}".replace(": \n", ":\n").split("\n")]
    return "\n".join(lines) + "\n"


def _description(name: str) -> str:
    return Scenario.model_fields[name].description or ""


def _comment(text: str) -> str:
    return f"# {' '.join(text.split())}"
