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
    : Run<ProbeRow>(folder, probe.IsOfSet ? 1 : input.Count)
{
    public override string Noun => probe.IsOfSet ? "set" : "image";

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

    /// <summary>What is said of all rows together where the probe has words of its own for that; none where means say enough.</summary>
    public ProbeSummary? Summarise() => probe.Summarise([.. Rows.Select(row => row.Found)]);

    /// <summary>What the page shows besides numbers; measured again, since lines hold numbers alone.</summary>
    public IReadOnlyList<IReportPart> Figures() =>
        probe is LossLandscape landscape ? LandscapeFigures.Write(landscape, classifier, input, Folder, ImageRng) : [];

    private Rng ImageRng(int k) => new Rng(seed).At("example").At(k);

    protected override IEnumerable<ProbeRow> Measure(int first, int length, RunContext context)
    {
        (int start, int count) = probe.IsOfSet ? (0, input.Count) : (first, length);
        Tensor images = input.Images.Take(0, new AxisRange(start, count)).Contiguous();
        // Results do not depend on how much is looked at together: probes that take many images at once want full passes.
        RunContext run = context with { Seed = seed, ChunkSize = 256 };
        try
        {
            object[] found = [.. probe.MeasureAny(classifier, images, input.Labels[start..(start + count)], run)];
            return found.Select((one, i) => new ProbeRow(first + i, input.Indices[first + i], input.Labels[first + i], one));
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            // What was finished before is kept, and these are measured again.
            return [];
        }
    }

    protected override JsonObject Line(ProbeRow row)
    {
        JsonObject line = new() { ["index"] = row.Index };
        if (!probe.IsOfSet) (line["data_index"], line["label"]) = (row.DataIndex, row.Label);
        line.Add(JsonText.Of(row.Found, probe.RowType));
        return line;
    }

    protected override ProbeRow Read(JsonObject line)
    {
        object found = JsonText.Read(line, probe.RowType);
        if (probe.IsOfSet) return new(JsonText.Read<SetNumber>(line).Index, input.Indices[0], input.Labels[0], found);
        ImageNumbers numbers = JsonText.Read<ImageNumbers>(line);
        return new(numbers.Index, numbers.DataIndex, numbers.Label, found);
    }

    private sealed record SetNumber(int Index);

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
