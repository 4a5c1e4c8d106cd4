using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Probes;

namespace MiniGrad.Lab.Probing;

/// <summary>How the medians of a probe stand in the summary of a run and in its one line of text.</summary>
internal static class ProbeSummaries
{
    /// <summary>Adds the medians, quartiles, counts and single numbers; what is infinite is null, beside the count of it.</summary>
    public static void AddTo(this ProbeSummary own, JsonObject summary)
    {
        foreach ((string name, var spread) in own.Medians)
        {
            summary[name + "_lower_quartile"] = JsonText.Number(spread.LowerQuartile);
            summary[name + "_median"] = JsonText.Number(spread.Median);
            summary[name + "_upper_quartile"] = JsonText.Number(spread.UpperQuartile);
            summary[name + "_count"] = spread.Count;
            summary[name + "_infinite"] = spread.Infinite;
            summary[name + "_missing"] = spread.Missing;
        }
        foreach ((string name, double value) in own.Values) summary[name] = JsonText.Number(value);
    }

    /// <summary>The medians with their quartiles, then the single numbers.</summary>
    public static string Words(this ProbeSummary own) => string.Join(", ", own.Medians
        .Select(m => string.Create(CultureInfo.InvariantCulture,
            $"{m.Name} {m.Spread.Median:G4} [{m.Spread.LowerQuartile:G4}, {m.Spread.UpperQuartile:G4}]"))
        .Concat(own.Values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Name} {v.Value:G4}"))));
}
