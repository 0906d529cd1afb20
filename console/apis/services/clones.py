"""A new API that begins as another one is drawn."""

from console.apis.models import RestApi
from console.apis.services.drawing import DrawingWriter, read_drawing
from console.apis.services.models import model_reference


def clone_drawing(source: RestApi, api: RestApi) -> None:
    drawing = read_drawing(RestApi.objects.drawn().get(pk=source.pk))
    for model in drawing.models.values():
        model.schema = model.schema.replace(model_reference(source.pk, ""), model_reference(api.pk, ""))
    DrawingWriter(api).write(drawing)
