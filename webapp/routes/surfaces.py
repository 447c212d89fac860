"""Surfaces: the levels on offer, what is known of a mesh, and its files.

::

    GET /volumes/KEY/levels                      histogram, levels and marks for the control of the level
    GET /volumes/KEY/mesh/ARTIFACT               corners and faces for the screen
    GET /volumes/KEY/mesh/ARTIFACT.json          mesh.json, with the verdict on the geometry it rests on
    GET /volumes/KEY/mesh/ARTIFACT.stl|ply|obj|glb?space=lps|ras
"""

from __future__ import annotations

from flask import Flask, Response, json, request

from webapp.access import access, own
from webapp.errors import BadArgument, NoSurfaceHere, UnknownKey
from webapp.exports.mesh import MeshFormat, Space, mesh_chunks
from webapp.findings import Verdict
from webapp.imaging.levels import levels_on_offer
from webapp.imaging.mesh import Mesh, open_mesh
from webapp.portrait import portrait_of, refuse_portrait
from webapp.routes.downloads import attachment
from webapp.services import Services
from webapp.store.model import EVERYONE, Artifact

_TYPES = {
    MeshFormat.STL: "model/stl",
    MeshFormat.PLY: "application/octet-stream",
    MeshFormat.OBJ: "model/obj",
    MeshFormat.GLB: "model/gltf-binary",
}


def register(server: Flask, services: Services) -> None:
    """Offer the surfaces of a stack.

    Parameters
    ----------
    server : Flask
    services : Services
        Who asks is looked up for each request; a key that is unknown and one that is somebody else's answer alike.
    """

    @server.get("/volumes/<key>/levels")
    def levels(key: str) -> Response:
        return levels_response(services, key)

    @server.get("/volumes/<key>/mesh/<artifact>")
    def mesh(key: str, artifact: str) -> Response:
        return mesh_response(services, key, artifact)

    @server.get("/volumes/<key>/mesh/<artifact>.json")
    def facts(key: str, artifact: str) -> Response:
        return facts_response(services, key, artifact)

    @server.get("/volumes/<key>/mesh/<artifact>.<any(stl, ply, obj, glb):kind>")
    def file(key: str, artifact: str, kind: str) -> Response:
        return mesh_file(services, key, artifact, MeshFormat(kind))


def surface_of(services: Services, key: str, artifact: str) -> Artifact:
    """A mesh or export that the asking browser may see.

    Parameters
    ----------
    services : Services
    key, artifact : str

    Raises
    ------
    UnknownKey
        The stack or the surface is not there, not this owner's, or the surface is of another stack.
    FaceRefused
        It may show a face, and the host keeps those to whoever uploaded the series.
    """
    found = access(services, key)
    made = services.catalogue.artifact(found.owner or services.owner(), artifact)
    if made.key != key or made.level is None:
        raise UnknownKey
    if services.config.refuse_faces and found.is_guest and found.card.owner != EVERYONE:
        refuse_portrait(services.volumes.open(key).meta, made.level)
    return made


def levels_response(services: Services, key: str) -> Response:
    """What `LevelsOnOffer.as_json` writes, looked for once and kept.

    Raises
    ------
    UnknownKey
    NoSurfaceHere
        The stack is no volume, in colour, or empty.
    """
    access(services, key)
    kept = next((one for one in services.catalogue.artifacts_of(key) if one.kind == "levels"), None)
    if kept is not None:
        return _document(kept.facts)
    volume = services.volumes.open(key).volume
    found = None if volume is None or volume.voxels.ndim != 4 else levels_on_offer(volume.field())
    if found is None:
        raise NoSurfaceHere
    facts = found.as_json()
    services.catalogue.keep_levels(key, facts)
    return _document(facts)


def mesh_response(services: Services, key: str, artifact: str) -> Response:
    """A finished surface: float32 corners (V, 3) in patient LPS, mm, then int32 faces (F, 3), little-endian.

    Shading is worked out from the faces where they are drawn, so normals do not travel.

    Raises
    ------
    UnknownKey
        The key or the artifact is foreign, or there is none for the screen.
    FaceRefused
        It may show a face, and the host keeps those to whoever uploaded the series.
    """
    made = surface_of(services, key, artifact)
    if made.kind != "mesh":
        raise UnknownKey
    mesh = _mesh(services, key, artifact)
    body = mesh.vertices.astype("<f4").tobytes() + mesh.faces.astype("<i4").tobytes()
    response = Response(body, mimetype="application/octet-stream")
    response.headers.update(
        {
            "Mesh-Key": key,
            "Mesh-Vertices": str(len(mesh.vertices)),
            "Mesh-Faces": str(len(mesh.faces)),
            "Mesh-Level": "" if made.level is None else repr(made.level),
            "Mesh-Grid-Step": " ".join(repr(step) for step in made.facts["grid_step_mm"]),
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def facts_response(services: Services, key: str, artifact: str) -> Response:
    """The facts of a mesh, with ``verdict`` and ``summary`` of its stack, and ``may_show_face`` with the reason.

    Raises
    ------
    UnknownKey, FaceRefused
    """
    made = surface_of(services, key, artifact)
    meta = services.volumes.open(key).meta
    face = portrait_of(meta, made.level or 0.0)
    statement = {"verdict": meta["verdict"], "summary": meta["summary"]}
    return _document({**made.facts, **statement, "may_show_face": face.possible, "face_why": face.why})


def mesh_file(services: Services, key: str, artifact: str, kind: MeshFormat) -> Response:
    """A surface as a file, written while it is sent.

    Raises
    ------
    UnknownKey, GuestMayNot
    BadArgument
        The space is neither lps nor ras.
    """
    own(services, key)
    surface_of(services, key, artifact)
    try:
        space = Space(request.args.get("space", "lps"))
    except ValueError as error:
        raise BadArgument("The space is neither lps nor ras.", "Leave it out for LPS.") from error
    mesh = _mesh(services, key, artifact)
    verdict = Verdict(services.volumes.open(key).meta["verdict"])
    chunks = mesh_chunks(mesh, kind, space, verdict)
    return attachment(Response(chunks, mimetype=_TYPES[kind]), f"trueslice-surface.{kind}")


def _mesh(services: Services, key: str, artifact: str) -> Mesh:
    """The mesh, unless it made room for a newer one this very moment."""
    try:
        return open_mesh(services.volumes.artifact_folder(key, artifact))
    except FileNotFoundError as error:
        raise UnknownKey from error


def _document(facts: object) -> Response:
    """JSON that nobody on the way keeps."""
    response = Response(json.dumps(facts), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
