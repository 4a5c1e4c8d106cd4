using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Spatial;

namespace MiniGrad.Lab.Probing;

/// <summary>What a probe found at one image of a run.</summary>
internal sealed record ProbeRow(int Index, int DataIndex, int Label, object Found) : IRunRow;

/// <summary>
/// A run of any probe, image by image. Its rows are a record, whose values stand in the
/// line behind the numbers of the image.
/// </summary>
internal sealed class ProbeRun(Probe probe, Classifier classifier, ProbeImages input, RunFolder folder, long seed)
    : Run<ProbeRow>(folder, input.Count)
{
    public override string Noun => "image";

    protected override string LineNoun => "what the probe found at an image";

    /// <summary>Mean and deviation of every number of the rows, over the images where it is one.</summary>
    public IReadOnlyList<NumberSpread> Spreads()
    {
        JsonObject[] found = [.. Rows.Select(row => JsonText.Of(row.Found, probe.RowType))];
        List<NumberSpread> spreads = [];
        foreach (string name in found.SelectMany(row => row.Select(pair => pair.Key)).Distinct())
        {
            double[] values =
                [.. found.Where(row => row[name]?.GetValueKind() == JsonValueKind.Number).Select(row => row[name]!.GetValue<double>())];
            if (values.Length > 0) spreads.Add(NumberSpread.Of(name, values));
        }
        return spreads;
    }

    /// <summary>What the page shows besides numbers; measured again, since lines hold numbers alone.</summary>
    public IReadOnlyList<IReportPart> Figures() =>
        probe is LossLandscape landscape ? LandscapeFigures.Write(landscape, classifier, input, Folder, ImageRng) : [];

    private Rng ImageRng(int k) => new Rng(seed).At("example").At(k);

    protected override IEnumerable<ProbeRow> Measure(int first, int length, RunContext context)
    {
        for (int k = first; k < first + length; k++)
        {
            object found = probe.MeasureAny(classifier, input.One(k), input.Labels[k], ImageRng(k));
            yield return new(k, input.Indices[k], input.Labels[k], found);
        }
    }

    protected override JsonObject Line(ProbeRow row)
    {
        JsonObject line = new() { ["index"] = row.Index, ["data_index"] = row.DataIndex, ["label"] = row.Label };
        line.Add(JsonText.Of(row.Found, probe.RowType));
        return line;
    }

    protected override ProbeRow Read(JsonObject line) => new(
        JsonText.Read<ImageNumbers>(line).Index, JsonText.Read<ImageNumbers>(line).DataIndex,
        JsonText.Read<ImageNumbers>(line).Label, JsonText.Read(line, probe.RowType));

    private sealed record ImageNumbers(int Index, int DataIndex, int Label);
}

/// <summary>The values of one number over the images of a run.</summary>
internal sealed record NumberSpread(string Name, int Count, double Mean, double Deviation, double Smallest, double Largest)
{
    public static NumberSpread Of(string name, double[] values)
    {
        (double mean, double deviation) = Statistics.Spread(values);
        return new(name, values.Length, mean, deviation, values.Min(), values.Max());
    }
}
