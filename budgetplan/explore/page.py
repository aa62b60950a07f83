"""The page: a marimo app whose cells lay out what the modules beside it compute. `budgetplan explore` serves it.

Numbers and bars follow at once; the curve and the map, which take about a second, are computed beside the page and dropped
when a control moves before they are done.
"""

# /// script
# [tool.marimo.display]
# theme = "system"
# ///

import marimo

app = marimo.App(width="full", app_title="budgetplan explore")


@app.cell
def _():
    import marimo as mo

    from budgetplan.errors import BudgetPlanError
    from budgetplan.explore import address, answer, controls, keep, pictures
    from budgetplan.workflow import plan

    return BudgetPlanError, address, answer, controls, keep, mo, pictures, plan


@app.cell
def _(BudgetPlanError, address, answer, controls, mo, plan):
    _query = dict(mo.query_params().to_dict())
    try:
        base = address.scenario_of(_query or {"budget": "1e25"})
    except BudgetPlanError as _error:
        mo.stop(True, mo.Html(answer.refusal(_error)))
    try:
        _flop = plan(base).budget.flop
    except BudgetPlanError:
        _flop = None  # the plan says why, below
    start = controls.controls_of(base, _flop)
    return base, start


@app.cell
def _(controls, mo, start):
    def _slide(stops, value, label):
        return mo.ui.slider(steps=stops, value=value, label=label, show_value=True, full_width=True)

    def _range(value, label):
        return mo.ui.range_slider(steps=controls.parts(*value), value=list(value), label=label, show_value=True, full_width=True)

    sliders = mo.ui.dictionary(
        {
            "budget": _slide(controls.budgets(start.budget), start.budget, "Budget [FLOP]"),
            "law": mo.ui.dropdown(controls.laws(start.law), value=start.law, label="Law", full_width=True),
            "demand": mo.ui.radio([controls.ASSUMED, controls.GIVEN], value=start.demand, label="Demand"),
            "queries": _slide(controls.queries(start.queries), start.queries, "Queries, where given"),
            "tokens_per_sample": _slide(
                controls.sample_lengths(start.tokens_per_sample), start.tokens_per_sample, "Tokens per sample"
            ),
            "verifier": mo.ui.radio(
                [controls.NONE, controls.ORACLE, controls.IMPERFECT], value=start.verifier, label="Verifier", inline=True
            ),
            "accepts": _slide(controls.parts(start.accepts), start.accepts, "Wrong answers that an imperfect one accepts"),
            "method": mo.ui.dropdown(controls.methods(start.method), value=start.method, label="RL method", full_width=True),
            "decode_utilisation": _slide(
                controls.parts(start.decode_utilisation)[1:], start.decode_utilisation, "Decoding, relative to training"
            ),
            "pretraining_share": _range(start.pretraining_share, "Pre-training, least and most"),
            "rl_share": _range(start.rl_share, "RL, least and most"),
            "inference_share": _range(start.inference_share, "Inference, least and most"),
        }
    )
    return (sliders,)


@app.cell
def _(mo, sliders):
    _limits = ("pretraining_share", "rl_share", "inference_share")
    _asked = [item for name, item in sliders.elements.items() if name not in _limits]
    mo.sidebar(
        mo.vstack([*_asked, mo.Html("Limits on shares of compute"), *(sliders[name] for name in _limits)]),
        width="22rem",
    )
    return


@app.cell
def _(BudgetPlanError, answer, base, controls, mo, plan, sliders, start):
    _now = {name: tuple(value) if isinstance(value, list) else value for name, value in sliders.value.items()}
    try:
        scenario = controls.moved(base, start, controls.Controls(**_now))
        study = plan(scenario)
    except BudgetPlanError as _error:
        mo.stop(True, mo.Html(answer.refusal(_error)))
    mo.Html(answer.finding(study))
    return scenario, study


@app.cell
def _(mo):
    name = mo.ui.text(value="scenario.yaml", label="Scenario file")
    save = mo.ui.run_button(label="Save")
    overwrite = mo.ui.run_button(label="Overwrite it", kind="danger")
    return name, overwrite, save


@app.cell
def _(address, answer, mo, name, save, scenario):
    _address = answer.attributes({"href": address.link(scenario), "data-field": "link"})
    _link = mo.Html(f'{answer.STYLE}<div class="bp"><a {_address}>Link to what is shown</a></div>')
    mo.hstack([name, save, _link], justify="start", align="end", gap=1.5)
    return


@app.cell
def _(BudgetPlanError, answer, keep, mo, name, overwrite, save, scenario):
    def _saved():
        if not (save.value or overwrite.value):
            return None
        try:
            path = keep.keep(scenario, name.value, replace=bool(overwrite.value))
        except FileExistsError:
            told = answer.note(f"`{name.value}` exists already, and is as it was.")
            return mo.hstack([mo.Html(told), overwrite], justify="start", align="center")
        except BudgetPlanError as error:
            return mo.Html(answer.refusal(error))
        return mo.Html(answer.note(f"Saved. Next: `budgetplan plan {path}`"))

    _saved()
    return


@app.cell
def _(mo, pictures, study):
    mo.Html(pictures.split(study))
    return


@app.cell
def _():
    drawn = {"html": ""}  # the figures shown last: they stay, dimmed, while the next are computed
    return (drawn,)


@app.cell
def _(answer, drawn, mo, pictures, scenario):
    def _draw():
        here, done = mo.current_thread(), ""
        for kind in ("ternary", "regret"):
            if pictures.waits(lambda: here.should_exit):
                return
            done += pictures.picture(kind, scenario)
            if here.should_exit:
                return
            mo.output.replace(mo.Html(answer.row(done)))
        drawn["html"] = done

    mo.Thread(target=_draw).start()
    mo.Html(answer.row(drawn["html"], old=True))
    return


@app.cell
def _(answer, mo, study):
    mo.Html(answer.explanation(study))
    return


@app.cell
def _(answer, mo, scenario):
    mo.Html(answer.asked(scenario))
    return


if __name__ == "__main__":
    app.run()
