using System.Text.Json.Nodes;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Lab.Curvature;

/// <summary>
/// The curvature at one image as a line of <c>results.jsonl</c>, there and back: one element of each list for each
/// competitor, null where a pair is singular. Spectra are too long for it and lie in tensors.
/// </summary>
internal sealed record CurvatureRow(int Index, int DataIndex, int Label, CurvatureResult Result)
{
    /// <summary>Where on the boundary it was measured in place of the image, if it was.</summary>
    public BoundaryPlace? Boundary { get; init; }

    /// <summary>Why there is no result: no boundary was found.</summary>
    public string? Missing { get; init; }

    public JsonObject ToJson(int sign)
    {
        JsonObject line = new() { ["index"] = Index, ["data_index"] = DataIndex, ["label"] = Label };
        if (Missing is not null)
        {
            line["missing"] = Missing;
            return line;
        }
        PairCurvature[] pairs = Result.Pairs;
        line["current"] = Result.Current;
        line["tied"] = Result.IsTied;
        line["piecewise_linear"] = Result.PiecewiseLinear;
        line["score"] = JsonText.Number(sign * Result.Score);
        line["competitors"] = JsonText.Array(pairs.Select(p => p.Competitor));
        line["margin"] = Numbers(pairs, p => sign * p.Margin);
        line["gradient_norm"] = Numbers(pairs, p => p.GradientNorm);
        line["sum"] = Numbers(pairs, p => sign * p.Sum);
        line["average"] = Numbers(pairs, p => sign * p.Average);
        line["standard_error"] = Numbers(pairs, p => p.StandardError);
        line["singular"] = JsonText.Array(pairs.Select(p => p.IsSingular));
        if (pairs.Any(p => p.Asymmetry is not null)) line["asymmetry"] = Numbers(pairs, p => p.Asymmetry ?? double.NaN);
        if (pairs.Any(p => p.Extremes is not null)) line["extremes"] = new JsonArray([.. pairs.Select(p => Ends(p.Extremes!, sign))]);
        if (Boundary is { } boundary)
        {
            line["boundary"] = new JsonObject
            {
                ["competitor"] = boundary.Competitor,
                ["distance"] = JsonText.Number(boundary.Distance),
                ["margin"] = JsonText.Number(sign * boundary.Margin),
                ["angle_degrees"] = JsonText.Number(boundary.AngleDegrees),
                ["active"] = boundary.IsActive,
                ["within_tolerance"] = boundary.IsWithinTolerance,
                ["crossings"] = boundary.Crossings,
            };
        }
        return line;
    }

    public static CurvatureRow Read(JsonObject line, int sign, string path)
    {
        try
        {
            int Whole(string key) => line[key]!.GetValue<int>();
            CurvatureRow row = new(Whole("index"), Whole("data_index"), Whole("label"), new(Whole("index"), 0, false, false, []));
            if (line["missing"] is { } missing) return row with { Missing = missing.GetValue<string>() };
            double[] List(string key) => [.. line[key]!.AsArray().Select(n => n?.GetValue<double>() ?? double.NaN)];
            int[] competitors = [.. line["competitors"]!.AsArray().Select(n => n!.GetValue<int>())];
            bool[] singular = [.. line["singular"]!.AsArray().Select(n => n!.GetValue<bool>())];
            (double[] margin, double[] norm, double[] sum, double[] average, double[] error) = (List("margin"), List("gradient_norm"), List("sum"), List("average"), List("standard_error"));
            double[]? asymmetry = line["asymmetry"] is null ? null : List("asymmetry");
            PairCurvature[] pairs = [.. competitors.Select((j, p) => new PairCurvature(j, sign * margin[p], norm[p], sign * sum[p], sign * average[p], error[p], singular[p])
            {
                Asymmetry = asymmetry?[p],
                Extremes = line["extremes"] is JsonArray ends ? Ends(ends[p]!.AsObject(), sign) : null,
            })];
            bool flat = line["piecewise_linear"]!.GetValue<bool>();
            return row with
            {
                Result = new(row.Index, Whole("current"), line["tied"]!.GetValue<bool>(), flat, pairs),
                Boundary = line["boundary"] is JsonObject place ? Place(place, sign) : null,
            };
        }
        catch (Exception error) when (error is InvalidOperationException or NullReferenceException or FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            throw new RunFolderException(path, 0, "a line is not the curvature at an image. Start a new run");
        }
    }

    private static BoundaryPlace Place(JsonObject json, int sign)
    {
        double Number(string key) => json[key]?.GetValue<double>() ?? double.NaN;
        return new(json["competitor"]!.GetValue<int>(), Number("distance"), sign * Number("margin"), Number("angle_degrees"), json["active"]!.GetValue<bool>(), json["within_tolerance"]!.GetValue<bool>(), json["crossings"]!.GetValue<int>());
    }

    private static JsonArray Numbers(PairCurvature[] pairs, Func<PairCurvature, double> value) => [.. pairs.Select(p => JsonText.Number(value(p)))];

    /// <summary>With the opposite sign the smallest are the largest.</summary>
    private static JsonObject Ends(ExtremeEigenvalues e, int sign)
    {
        ExtremeEigenvalues seen = Turned(e, sign);
        return new()
        {
            ["largest"] = JsonText.Array(seen.Largest),
            ["largest_residuals"] = JsonText.Array(seen.LargestResiduals),
            ["smallest"] = JsonText.Array(seen.Smallest),
            ["smallest_residuals"] = JsonText.Array(seen.SmallestResiduals),
            ["converged"] = seen.IsConverged,
            ["steps"] = seen.Steps,
        };
    }

    private static ExtremeEigenvalues Ends(JsonObject json, int sign)
    {
        double[] List(string key) => [.. json[key]!.AsArray().Select(n => n!.GetValue<double>())];
        return Turned(new(List("largest"), List("largest_residuals"), List("smallest"), List("smallest_residuals"), json["converged"]!.GetValue<bool>(), json["steps"]!.GetValue<int>()), sign);
    }

    private static ExtremeEigenvalues Turned(ExtremeEigenvalues e, int sign) => sign > 0 ? e
        : e with { Largest = [.. e.Smallest.Select(v => -v)], LargestResiduals = e.SmallestResiduals, Smallest = [.. e.Largest.Select(v => -v)], SmallestResiduals = e.LargestResiduals };
}

/// <summary>What is kept of a <see cref="BoundaryPoint"/>; the point itself lies in tensors.</summary>
internal sealed record BoundaryPlace(int Competitor, double Distance, double Margin, double AngleDegrees, bool IsActive, bool IsWithinTolerance, int Crossings)
{
    public static BoundaryPlace Of(BoundaryPoint z) => new(z.Competitor, z.Distance, z.Margin, z.AngleDegrees, z.IsActive, z.IsWithinTolerance, z.Crossings);
}
