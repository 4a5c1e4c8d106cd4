using System.Text.Json.Nodes;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>One example as a line of <c>results.jsonl</c>, there and back.</summary>
internal static class ExampleLine
{
    public static JsonObject Of(ExampleResult e, AttackInput input)
    {
        JsonObject line = new()
        {
            ["index"] = e.Index,
            ["source_index"] = input.Pairs[e.Index].Source,
            ["target_index"] = input.Targets is null ? null : input.Pairs[e.Index].Target,
            ["status"] = Word(e.Status),
            ["success"] = e.Success,
            ["label"] = e.SourceClass,
            ["target_label"] = input.Targets is null ? null : input.TargetLabels[e.Index],
            ["prediction"] = e.Prediction,
            ["source_confidence"] = JsonText.Number(e.SourceConfidence),
            ["confidence"] = JsonText.Number(e.Confidence),
            ["distance_l2"] = JsonText.Number(e.DistanceL2),
            ["distance_linf"] = JsonText.Number(e.DistanceLinf),
            ["rmse"] = JsonText.Number(e.Rmse),
            ["ssim"] = JsonText.Number(e.Ssim),
            ["iterations"] = e.Iterations,
            ["forwards"] = e.Forwards,
            ["gradients"] = e.Gradients,
        };
        if (e.Lpips is { } lpips) line["lpips"] = JsonText.Number(lpips);
        if (e.Boundary is { } boundary)
        {
            line["start_class"] = boundary.StartClass;
            line["first_order_distance"] = JsonText.Number(boundary.FirstOrderDistance);
            line["normal_cosine"] = JsonText.Number(boundary.NormalCosine);
            line["linearizations"] = boundary.Linearizations;
            line["relative_l2"] = JsonText.Number(boundary.RelativeL2);
            line["relative_linf"] = JsonText.Number(boundary.RelativeLinf);
        }
        if (e.Note is not null) line["note"] = e.Note;
        return line;
    }

    public static ExampleResult Read(JsonObject line, string path)
    {
        try
        {
            double Number(string key) => line[key] is { } node ? node.GetValue<double>() : double.NaN;
            string word = line["status"]!.GetValue<string>();
            ExampleStatus status = Enum.GetValues<ExampleStatus>().First(s => Word(s) == word);
            BoundaryGeometry? boundary = line["start_class"] is { } start
                ? new(start.GetValue<int>(), Number("first_order_distance"), Number("normal_cosine"), line["linearizations"]!.GetValue<int>(), Number("relative_l2"), Number("relative_linf"))
                : null;
            ExampleResult e = new(line["index"]!.GetValue<int>(), status, line["success"]!.GetValue<bool>(), line["label"]!.GetValue<int>(), line["prediction"]!.GetValue<int>(),
                Number("source_confidence"), Number("confidence"), Number("distance_l2"), Number("distance_linf"), Number("rmse"), Number("ssim"),
                line["iterations"]!.GetValue<int>(), line["forwards"]!.GetValue<int>(), line["gradients"]!.GetValue<int>(), line["note"]?.GetValue<string>());
            return e with { Boundary = boundary };
        }
        catch (Exception error) when (error is InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new RunFolderException(path, 0, "a line is not the result of an example. Start a new run");
        }
    }

    /// <summary>A status in snake case.</summary>
    public static string Word(ExampleStatus status) => WalkTables.Words(status).Replace(' ', '_');
}
