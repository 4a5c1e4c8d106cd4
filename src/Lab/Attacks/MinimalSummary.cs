using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>
/// The totals of an attack of minimal norm: sizes of perturbations over the images that crossed, the others counted beside
/// them. It has no accuracy: that belongs to a budget.
/// </summary>
internal static class MinimalSummary
{
    public static void Describe(JsonObject summary, AttackResult result, int? towards)
    {
        MinimalFigures figures = MinimalFigures.Of(result);
        if (towards is not null) summary["target_class"] = towards;
        summary["failures"] = figures.Failures;
        summary["misclassified_before"] = figures.MisclassifiedBefore;
        summary["outside_box"] = figures.OutsideBox;
        Add(summary, "distance_l2", figures.L2);
        Add(summary, "distance_linf", figures.Linf);
        summary["rho_adv"] = JsonText.Number(figures.RhoAdv);
        summary["rho_inf"] = JsonText.Number(figures.RhoInf);
        Add(summary, "first_order_distance", figures.FirstOrder);
        Add(summary, "normal_cosine", figures.NormalCosine);
        summary["iterations_mean"] = JsonText.Number(figures.Iterations);
    }

    public static string Text(string name, AttackResult result, int? towards)
    {
        MinimalFigures f = MinimalFigures.Of(result);
        string goal = towards is { } k ? $"reached class {k}" : "left the class that the network predicts";
        string box = f.OutsideBox == 0 ? "" : $"\n{f.OutsideBox} outputs leave the pixel box; images.png shows them clipped, tensors.safetensors has them as they are";
        return string.Create(CultureInfo.InvariantCulture,
            $"{name}: {result.Successes} of {result.Counted} {goal}; L2 norm {f.L2.Median:F4} (quartiles {f.L2.Lower:F4} to {f.L2.Upper:F4}), L\u221E norm {f.Linf.Median:F4} ({f.Linf.Lower:F4} to {f.Linf.Upper:F4}); rho_adv {f.RhoAdv:F4}, rho_inf {f.RhoInf:F4}; excluded {result.Examples.Length - result.Counted}{box}");
    }

    private static void Add(JsonObject summary, string name, Quartiles quartiles)
    {
        summary[name + "_lower_quartile"] = JsonText.Number(quartiles.Lower);
        summary[name + "_median"] = JsonText.Number(quartiles.Median);
        summary[name + "_upper_quartile"] = JsonText.Number(quartiles.Upper);
    }
}
