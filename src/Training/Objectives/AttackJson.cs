using System.Text.Json;
using System.Text.Json.Serialization;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Training.Objectives;

/// <summary>Writes attacks as they print themselves.</summary>
internal sealed class AttackListJson : JsonConverter<IReadOnlyList<BallAttack>>
{
    public override IReadOnlyList<BallAttack> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("recipe: an attack is written into files, never made from one.");

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<BallAttack> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Select(attack => attack.Identity()), options);
}

/// <summary>Writes an attack as it prints itself.</summary>
internal sealed class AttackJson<TAttack> : JsonConverter<TAttack> where TAttack : BallAttack
{
    public override TAttack Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("recipe: an attack is written into files, never made from one.");

    public override void Write(Utf8JsonWriter writer, TAttack value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Identity());
}
