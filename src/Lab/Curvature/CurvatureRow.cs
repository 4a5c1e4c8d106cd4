using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Lab.Curvature;

/// <summary>The curvature at one image of a run. Spectra are too long for a line and lie in tensors.</summary>
internal sealed record CurvatureRow(int Index, int DataIndex, int Label, CurvatureResult Result) : IRunRow
{
    /// <summary>What a line of the results is.</summary>
    public const string Noun = "the curvature at an image";

    /// <summary>Where on the boundary it was measured in place of the image, if it was.</summary>
    public BoundaryPlace? Boundary { get; init; }

    /// <summary>Why there is no result: no boundary was found.</summary>
    public string? Missing { get; init; }

    /// <summary>The row of a line that was written with a sign.</summary>
    /// <exception cref="RunFolderException">The line is no row.</exception>
    public static CurvatureRow Read(JsonObject line, int sign, string path) => RunLine.Read(line, l => Of(l, sign), path, Noun);

    /// <summary>The row of a line that was written with a sign.</summary>
    public static CurvatureRow Of(JsonObject line, int sign)
    {
        if (line["missing"] is not null)
        {
            MissingLine missing = JsonText.Read<MissingLine>(line);
            return new(missing.Index, missing.DataIndex, missing.Label, new(missing.Index, 0, false, false, []))
            {
                Missing = missing.Missing,
            };
        }
        return JsonText.Read<CurvatureLine>(line).Row(sign);
    }

    /// <summary>The row as a line, for the function whose sign that is: 1 for logit_other − logit_current.</summary>
    public JsonObject ToJson(int sign) =>
        Missing is null ? JsonText.Of(CurvatureLine.Of(this, sign)) : JsonText.Of(new MissingLine(Index, DataIndex, Label, Missing));
}

/// <summary>The line of an image without a result.</summary>
internal sealed record MissingLine(int Index, int DataIndex, int Label, string Missing);

/// <summary>The line of an image: one element of each list for each competitor, null where a pair is singular.</summary>
internal sealed record CurvatureLine(
    int Index, int DataIndex, int Label, int Current, bool Tied, bool PiecewiseLinear, double Score,
    int[] Competitors, double[] Margin, double[] GradientNorm, double[] Sum, double[] Average, double[] StandardError, bool[] Singular)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double[]? Asymmetry { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SpectrumEnds[]? Extremes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BoundaryPlace? Boundary { get; init; }

    public static CurvatureLine Of(CurvatureRow row, int sign)
    {
        (CurvatureResult result, PairCurvature[] pairs) = (row.Result, row.Result.Pairs);
        double[] Numbers(Func<PairCurvature, double> value) => Array.ConvertAll(pairs, p => value(p));
        return new(row.Index, row.DataIndex, row.Label, result.Current, result.IsTied, result.PiecewiseLinear, sign * result.Score,
            Array.ConvertAll(pairs, p => p.Competitor), Numbers(p => sign * p.Margin),
            Numbers(p => p.GradientNorm), Numbers(p => sign * p.Sum),
            Numbers(p => sign * p.Average), Numbers(p => p.StandardError), Array.ConvertAll(pairs, p => p.IsSingular))
        {
            Asymmetry = pairs.Any(p => p.Asymmetry is not null) ? Numbers(p => p.Asymmetry ?? double.NaN) : null,
            Extremes = pairs.Any(p => p.Extremes is not null) ? Array.ConvertAll(pairs, p => SpectrumEnds.Of(p.Extremes!, sign)) : null,
            Boundary = row.Boundary?.Signed(sign),
        };
    }

    public CurvatureRow Row(int sign)
    {
        PairCurvature[] pairs = [.. Competitors.Select((j, p) =>
            new PairCurvature(j, sign * Margin[p], GradientNorm[p], sign * Sum[p], sign * Average[p], StandardError[p], Singular[p])
            {
                Asymmetry = Asymmetry?[p],
                Extremes = Extremes?[p].Eigenvalues(sign),
            })];
        return new(Index, DataIndex, Label, new(Index, Current, Tied, PiecewiseLinear, pairs)) { Boundary = Boundary?.Signed(sign) };
    }
}

/// <summary>The ends of a spectrum as a line has them.</summary>
internal sealed record SpectrumEnds(
    double[] Largest, double[] LargestResiduals, double[] Smallest, double[] SmallestResiduals, bool Converged, int Steps)
{
    public static SpectrumEnds Of(ExtremeEigenvalues e, int sign) =>
        new SpectrumEnds(e.Largest, e.LargestResiduals, e.Smallest, e.SmallestResiduals, e.IsConverged, e.Steps).Signed(sign);

    public ExtremeEigenvalues Eigenvalues(int sign)
    {
        SpectrumEnds e = Signed(sign);
        return new(e.Largest, e.LargestResiduals, e.Smallest, e.SmallestResiduals, e.Converged, e.Steps);
    }

    /// <summary>With the opposite sign the smallest are the largest.</summary>
    private SpectrumEnds Signed(int sign) => sign > 0 ? this
        : new([.. Smallest.Select(v => -v)], SmallestResiduals, [.. Largest.Select(v => -v)], LargestResiduals, Converged, Steps);
}

/// <summary>What is kept of a <see cref="BoundaryPoint"/>; the point itself lies in tensors.</summary>
internal sealed record BoundaryPlace(
    int Competitor, double Distance, double Margin, double AngleDegrees, bool Active, bool WithinTolerance, int Crossings)
{
    public static BoundaryPlace Of(BoundaryPoint z) =>
        new(z.Competitor, z.Distance, z.Margin, z.AngleDegrees, z.IsActive, z.IsWithinTolerance, z.Crossings);

    /// <summary>For the function of the other sign if it is −1.</summary>
    public BoundaryPlace Signed(int sign) => this with { Margin = sign * Margin };
}
