"""Whether events are what `openlineage-python` would have sent: its classes take them and give them back unchanged."""

from __future__ import annotations

from typing import Any

from . import openlineage as ours


def is_possible() -> bool:
    """Whether `openlineage-python` is installed."""
    try:
        import openlineage.client.event_v2  # noqa: F401
    except ImportError:
        return False
    return True


def validate(event: dict[str, Any], *, exact: bool = False) -> None:
    """Raises `ValueError` where an event has a field that the classes do not know, lacks one, or has another form.

    Every facet must be one of the classes' own; with `exact` also of the version of the schema that its class names, which
    changes with the version of `openlineage-python`. Needs `openlineage-python`.
    """
    from openlineage.client import event_v2 as theirs
    from openlineage.client.serde import Serde

    def facets(of: dict[str, Any], name: str) -> dict[str, Any]:
        return {key: _facet(key, dict(fields), exact) for key, fields in of.get(name, {}).items()}

    def dataset(kind: Any, fields: dict[str, Any], name: str) -> Any:
        known = {"facets": facets(fields, "facets"), name: facets(fields, name)}
        return kind(fields["namespace"], fields["name"], **known)

    try:
        made = theirs.RunEvent(
            eventType=theirs.RunState(event["eventType"]),
            eventTime=event["eventTime"],
            run=theirs.Run(event["run"]["runId"], facets(event["run"], "facets")),
            job=theirs.Job(event["job"]["namespace"], event["job"]["name"], facets(event["job"], "facets")),
            inputs=[dataset(theirs.InputDataset, each, "inputFacets") for each in event["inputs"]],
            outputs=[dataset(theirs.OutputDataset, each, "outputFacets") for each in event["outputs"]],
            producer=event["producer"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"no event of OpenLineage: {error}") from error
    again = Serde.to_dict(made)
    if (difference := _difference(event, again, "event")) is not None:
        raise ValueError(f"no event of OpenLineage: {difference}")


def _facet(name: str, fields: dict[str, Any], exact: bool) -> Any:
    from openlineage.client import facet_v2

    url = fields.pop("_schemaURL", "")
    kind = url.rsplit("/", 1)[-1]
    modules = [each for each in vars(facet_v2).values() if hasattr(each, kind)]
    if not modules or name not in ours._FACETS:
        raise ValueError(f"no event of OpenLineage: the facet {name} ({kind}) is unknown")
    of = modules[0]
    for key, element in _ELEMENTS.items():
        if kind == key[0] and key[1] in fields:
            fields[key[1]] = [getattr(of, element)(**each) for each in fields[key[1]]]
    made = getattr(of, kind)(producer=fields.pop("_producer"), **fields)
    if exact and made._schemaURL != url:
        raise ValueError(f"no event of OpenLineage: {name} is of {url}, the class of {made._schemaURL}")
    made._schemaURL = url
    return made


# Lists of facets whose elements have a class of their own.
_ELEMENTS = {
    ("TagsRunFacet", "tags"): "TagsRunFacetFields",
    ("SchemaDatasetFacet", "fields"): "SchemaDatasetFacetFields",
    ("DataQualityAssertionsDatasetFacet", "assertions"): "Assertion",
}


def _difference(ours: Any, theirs: Any, place: str) -> str | None:
    """The first place at which two trees differ; what is empty with them may be absent with us."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in [*ours, *(key for key in theirs if key not in ours and theirs[key] not in ({}, []))]:
            if (found := _difference(ours.get(key), theirs.get(key), f"{place}.{key}")) is not None:
                return found
        return None
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs))
        differences = (_difference(one, other, f"{place}[{i}]") for i, (one, other) in pairs)
        return next((each for each in differences if each is not None), None)
    return None if ours == theirs else f"{place} is {ours!r} here, {theirs!r} there"
