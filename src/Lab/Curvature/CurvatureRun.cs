using System.Text.Json.Nodes;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Lab.Curvature;

/// <summary>A run of curvature, image by image: the spectra of an image, and the boundary point, lie in a part file.</summary>
internal sealed class CurvatureRun(
    BoundaryCurvature probe, Classifier classifier, ProbeImages input, RunFolder folder, bool atBoundary, int sign, long seed)
        : Run<CurvatureRow>(folder, input.Count)
{
    public override string Noun => "image";

    protected override string LineNoun => CurvatureRow.Noun;

    private bool HasParts => probe.Full is not null || atBoundary;

    /// <summary>All that is too large for lines: images, and for each image and competitor the numbers and the spectrum.</summary>
    public List<(string Name, Tensor Value)> Tensors()
    {
        CurvatureRow[] measured = [.. Rows.Where(row => row.Missing is null)];
        List<(string, Tensor)> tensors =
            [("source", input.Images), ("labels", Tensor.From(input.Labels)), ("indices", Tensor.From(input.Indices))];
        if (measured.Length == 0) return tensors;
        int pairs = measured[0].Result.Pairs.Length;
        Tensor Numbers(Func<PairCurvature, double> value) =>
            Tensor.From([.. measured.SelectMany(row => row.Result.Pairs.Select(value))], [measured.Length, pairs]);
        if (measured.Length < input.Count) tensors.Add(("measured", Tensor.From([.. measured.Select(row => row.Index)])));
        tensors.Add(("current", Tensor.From([.. measured.Select(row => row.Result.Current)])));
        tensors.Add(("competitors", Tensor.From(
            [.. measured.SelectMany(row => row.Result.Pairs.Select(p => p.Competitor))], [measured.Length, pairs])));
        tensors.Add(("margin", Numbers(p => sign * p.Margin)));
        tensors.Add(("gradient_norm", Numbers(p => p.GradientNorm)));
        tensors.Add(("average", Numbers(p => sign * p.Average)));
        tensors.Add(("standard_error", Numbers(p => p.StandardError)));
        foreach (string name in (string[])["principal", "point"])
        {
            if (name == "principal" ? probe.Full is not null : atBoundary)
            {
                tensors.Add((name, Ops.Concat([.. measured.Select(row => Stored(row.Index, name))], 0)));
            }
        }
        return tensors;
    }

    /// <summary>
    /// One image's tensor of a part file: <c>principal</c> [1, pairs, d − 1] with the sign
    /// of the results, or the <c>point</c>.
    /// </summary>
    private Tensor Stored(int index, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Part(index));
        return file.Read(name);
    }

    protected override IEnumerable<CurvatureRow> Measure(int first, int length, RunContext context)
    {
        for (int k = first; k < first + length; k++) yield return One(k);
    }

    protected override JsonObject Line(CurvatureRow row) => row.ToJson(sign);

    protected override CurvatureRow Read(JsonObject line) => CurvatureRow.Of(line, sign);

    protected override CurvatureRow? Restored(CurvatureRow row) =>
        !HasParts || row.Missing is not null ? row : File.Exists(Part(row.Index)) ? WithSpectra(row) : null;

    private CurvatureRow One(int k)
    {
        CurvatureRow row = new(k, input.Indices[k], input.Labels[k], new(k, 0, false, false, []));
        Tensor image = input.One(k);
        BoundaryCurvature here = probe;
        BoundaryPoint? z = null;
        if (atBoundary)
        {
            z = Nearest(classifier, image, seed);
            if (z is null) return row with { Missing = "DeepFool found no boundary" };
            image = z.Point;
            here = probe with { Frames = probe.Frames with { AllowOutsideBox = true, AllowForeignLabel = true } };
        }
        RunContext run = new() { Seed = seed, FirstIndex = k };
        CurvatureResult result = here.Run(classifier, image, z is null ? null : [z.Current], run)[0];
        if (HasParts)
        {
            List<(string, Tensor)> part = [];
            if (probe.Full is not null) part.Add(("principal", Spectra(result)));
            if (z is not null) part.Add(("point", z.Point));
            WritePart(k, part);
        }
        return row with { Result = result, Boundary = z is null ? null : BoundaryPlace.Of(z) };
    }

    /// <summary>The nearest point of the decision boundary, by DeepFool and bisection on the way there.</summary>
    public static BoundaryPoint? Nearest(Classifier classifier, Tensor image, long seed)
    {
        DeepFool attack = new(Refine: false);
        AttackResult far = attack.Run(classifier, new(image, Logits.Prediction(classifier.Logits(image))), new() { Seed = seed });
        return far.Examples[0].Success ? new BoundarySearch().Decision(classifier, image, far.Output) : null;
    }

    /// <summary>A row as it was before it was written to a line.</summary>
    private CurvatureRow WithSpectra(CurvatureRow row)
    {
        if (probe.Full is null) return row;
        Tensor spectra = Stored(row.Index, "principal");
        double[] values = spectra.ToArray<double>();
        int length = spectra.Shape[2];
        return row with
        {
            Result = row.Result with
            {
                Pairs = [.. row.Result.Pairs.Select((pair, p) =>
                    pair with { Principal = Turned(values[(p * length)..((p + 1) * length)], sign) })],
            },
        };
    }

    /// <summary>A spectrum with the sign of the results, ascending again.</summary>
    public static double[] Turned(double[] ascending, int sign) => sign > 0 ? ascending : [.. ascending.Select(v => -v).Reverse()];

    private Tensor Spectra(CurvatureResult result)
    {
        double[][] turned = [.. result.Pairs.Select(p => Turned(p.Principal!, sign))];
        return Tensor.From([.. turned.SelectMany(v => v)], [1, turned.Length, turned[0].Length]);
    }
}
