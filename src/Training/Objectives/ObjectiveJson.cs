using System.Text.Json;
using System.Text.Json.Serialization;

namespace MiniGrad.Training.Objectives;

/// <summary>Writes an objective with the parameters of its own type, which may come from any assembly.</summary>
internal sealed class ObjectiveJson : JsonConverter<Objective>
{
    public override Objective Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("recipe: an objective is written into files, never made from one.");

    public override void Write(Utf8JsonWriter writer, Objective value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, value.GetType(), options);
}
