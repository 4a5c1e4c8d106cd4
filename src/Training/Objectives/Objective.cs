using System.Text.Json;
using System.Text.Json.Serialization;
using MiniGrad.Nn;

namespace MiniGrad.Training.Objectives;

/// <summary>
/// What a training makes small. Derive from it for a loss of your own: the parameters of the record are part of the
/// recipe, so a run goes on only with equal ones.
/// </summary>
[JsonConverter(typeof(ObjectiveJson))]
public abstract record Objective
{
    /// <summary>The name in recipes and messages.</summary>
    public abstract string Name { get; }

    /// <summary>Throws, naming the first value that makes no sense.</summary>
    public virtual void Check()
    {
    }

    /// <summary>
    /// The batch that the step is made on, such as an attacked one. No weight is tracked yet, so that the network runs
    /// here as fast as in inference.
    /// </summary>
    public virtual TrainBatch Prepare(Network network, TrainBatch batch) => batch;

    /// <summary>
    /// The scalar whose gradient in the tracked weights is the step's, and the logits [N, classes] that the accuracy is
    /// counted from. Randomness comes from the pass alone, or a stopped run would not go on to the same bits.
    /// </summary>
    public abstract (Tensor Loss, Tensor Logits) Of(Network network, TrainBatch batch);
}

/// <summary>Writes an objective with the parameters of its own type, which may come from any assembly.</summary>
internal sealed class ObjectiveJson : JsonConverter<Objective>
{
    public override Objective Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("recipe: an objective is written into files, never made from one.");

    public override void Write(Utf8JsonWriter writer, Objective value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, value.GetType(), options);
}
