using System.Globalization;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Training.Optimizers;

namespace MiniGrad.Training;

/// <summary>
/// The whole state of a training in one safetensors file: weights as <c>parameter/name</c>, the optimiser's memory as
/// <c>optimizer/name/quantity</c>, and the counters, recipe and data hash as metadata.
/// </summary>
internal static class Checkpoint
{
    private const string Weights = "parameter/";
    private const string Memory = "optimizer/";

    public static void Write(string path, Recipe recipe, string dataHash, Network network, Optimizer optimizer, TrainState state)
    {
        List<(string, Tensor)> tensors = [];
        foreach (Parameter p in network.Parameters) tensors.Add((Weights + p.Name, p.Value.Detach()));
        foreach ((string name, Tensor value) in optimizer.Memory.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            tensors.Add((Memory + name, value.Detach()));
        }
        Safetensors.Write(path, tensors, new Dictionary<string, string>
        {
            ["format"] = "minigrad-checkpoint-1",
            ["recipe"] = recipe.ToJson(),
            ["data_sha256"] = dataHash,
            ["epoch"] = Text(state.Epoch),
            ["step"] = Text(state.Step),
            ["loss_sum"] = state.LossSum.ToString("R", CultureInfo.InvariantCulture),
            ["correct"] = Text(state.Correct),
            ["seen"] = Text(state.Seen),
            ["optimizer_steps"] = Text(optimizer.Steps),
        });
    }

    public static TrainState Read(string path, Recipe recipe, string dataHash, Network network, Optimizer optimizer)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        string Field(string name) => file.Metadata.TryGetValue(name, out string? value)
            ? value
            : throw new WeightsException(
                $"{path}: is not a checkpoint of a training: \"{name}\" is missing. Give the checkpoint that train wrote.");

        Field("format");
        if (Field("recipe") != recipe.ToJson())
        {
            throw new WeightsException($"{path}: the checkpoint is of another recipe: {Printable.Line(Field("recipe"), longest: 500)}. "
                + "Repeat that command, or train into a new folder.");
        }
        if (Field("data_sha256") != dataHash)
        {
            throw new WeightsException(
                $"{path}: the checkpoint was made on other data ({Printable.Line(Field("data_sha256"))}). Use the same data set.");
        }
        Dictionary<string, Tensor> weights =
            file.Names.Where(n => n.StartsWith(Weights, StringComparison.Ordinal)).ToDictionary(n => n[Weights.Length..], file.Read);
        foreach (Parameter p in network.Parameters)
        {
            if (!weights.TryGetValue(p.Name, out Tensor? value) || !Fits(value, p))
            {
                throw new WeightsException($"{path}: the checkpoint does not fit the network: \"{p.Name}\" is missing or misshapen.");
            }
            p.Value = value.To(p.Value.Device);
        }
        Dictionary<string, Parameter> byName = network.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (string name in file.Names.Where(n => n.StartsWith(Memory, StringComparison.Ordinal)))
        {
            string key = name[Memory.Length..];
            Tensor value = file.Read(name);
            if (!byName.TryGetValue(key[..Math.Max(0, key.LastIndexOf('/'))], out Parameter? owner) || !Fits(value, owner))
            {
                throw new WeightsException(
                    $"{path}: the checkpoint does not fit the network: {Printable.Name(name)} belongs to no weight, or is misshapen.");
            }
            optimizer.Restore(key, value.To(owner.Value.Device));
        }
        optimizer.Steps = Number(path, Field("optimizer_steps"));
        if (!double.TryParse(Field("loss_sum"), CultureInfo.InvariantCulture, out double loss)) loss = double.NaN;
        return new((int)Number(path, Field("epoch")), (int)Number(path, Field("step")),
            loss, Number(path, Field("correct")), Number(path, Field("seen")));
    }

    /// <summary>
    /// The optimiser remembers numbers for each number of a weight, so that its memory
    /// must have the weight's shape and type, too.
    /// </summary>
    private static bool Fits(Tensor value, Parameter parameter) =>
        value.Shape == parameter.Value.Shape && value.Type == parameter.Value.Type;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static long Number(string path, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= int.MaxValue
            ? value
            : throw new WeightsException($"{path}: the checkpoint holds {Printable.Name(text)} where a count belongs.");
}

/// <summary>How far a training has come: the epoch and step to do next, and the sums of the epoch so far.</summary>
internal readonly record struct TrainState(int Epoch, int Step, double LossSum, long Correct, long Seen);
