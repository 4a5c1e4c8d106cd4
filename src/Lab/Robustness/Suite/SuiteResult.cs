using System.Text.Json.Nodes;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Robustness;

/// <summary>What a suite of attacks left of a classifier's accuracy, threat by threat and for their union.</summary>
/// <param name="Clean">Accuracy without any attack.</param>
/// <param name="Threats">What each threat left.</param>
/// <param name="Looks">Looks at an image that the classifier is the mean of.</param>
/// <param name="Union">Images that are right whatever the threat.</param>
/// <param name="NonFinite">Images that some attack led to logits that are not finite: they count as broken.</param>
internal sealed record SuiteResult(RightCount Clean, int Looks, IReadOnlyList<ThreatResult> Threats, RightCount Union, int NonFinite)
{
    /// <summary>The result of all rows, in order, and of the checks of each threat.</summary>
    public static SuiteResult Of(
        SuiteInput input, IReadOnlyList<SuiteRow> rows, IReadOnlyList<IReadOnlyList<TrustFinding>> checks)
    {
        int looks = input.Version == SuiteVersion.Rand ? AttackSuite.Looks : 1;
        bool Stands(SuiteRow row, int threat) => row.IsRight && row.Fates[threat].BrokenBy is null;
        ThreatResult Threat(SuiteThreat threat, int t)
        {
            int open = rows.Count(row => row.IsRight);
            List<MemberResult> members = [];
            foreach (NamedAttack member in threat.Members)
            {
                int broken = rows.Count(row => row.IsRight && row.Fates[t].BrokenBy == member.Name);
                members.Add(new(member.Name, member.Attack.Identity(), open, broken, new(open - broken, rows.Count)));
                open -= broken;
            }
            return new(threat.Name, members, new(open, rows.Count), looks * rows.Sum(row => (long)row.Fates[t].Forwards),
                looks * rows.Sum(row => (long)row.Fates[t].Gradients), checks[t], threat.Within is Linf or L2 or L1);
        }
        return new(new(rows.Count(row => row.IsRight), rows.Count), looks, [.. input.Threats.Select(Threat)],
            new(rows.Count(row => Enumerable.Range(0, input.Threats.Count).All(t => Stands(row, t))), rows.Count),
            rows.Count(row => row.Fates.Any(fate => fate.NonFinite)));
    }

    /// <summary>The threats whose numbers make that of the union doubtful, unless no image is left that could be doubted.</summary>
    public IEnumerable<string> UnionDoubts => Union.Right == 0 ? [] : Threats.Where(t => t.Doubts.Any()).Select(t => t.Name);

    /// <summary>The totals as a summary has them.</summary>
    public JsonObject ToJson() => new()
    {
        ["schema"] = RunFolder.Schema,
        // The kinds of attacks are those of AutoAttack for balls of norms only.
        ["name"] = Threats.All(t => t.IsStrengthChecked) ? "AutoAttack-style" : "suite",
        ["looks"] = Looks,
        ["count"] = Clean.Of,
        ["clean"] = Clean.ToJson(),
        ["threats"] = new JsonArray([.. Threats.Select(t => t.ToJson())]),
        ["union"] = Union.ToJson(),
        ["union_not_to_be_trusted_because_of"] = JsonText.Array(UnionDoubts),
        ["non_finite"] = NonFinite,
    };
}

/// <summary>Images that are right, of how many, with the Wilson interval of the share.</summary>
internal readonly record struct RightCount(int Right, int Of)
{
    public double Share => Of == 0 ? double.NaN : (double)Right / Of;

    public JsonObject ToJson()
    {
        WilsonInterval interval = WilsonInterval.Of(Right, Of);
        return new()
        {
            ["right"] = Right,
            ["of"] = Of,
            ["accuracy"] = Share,
            ["low"] = interval.Low,
            ["high"] = interval.High,
        };
    }
}

/// <summary>What one attack of a suite did: how many images it was given, how many it broke, and what is right behind it.</summary>
internal sealed record MemberResult(string Name, string Configuration, int Tried, int Broken, RightCount Left);

/// <summary>
/// What the attacks of one threat left, and whether that can be trusted. Of threats that are no balls of pixels only the classifier's
/// answers are checked, not how strong the attacks are.
/// </summary>
internal sealed record ThreatResult(
    string Name, IReadOnlyList<MemberResult> Members, RightCount Robust, long Forwards, long Gradients, IReadOnlyList<TrustFinding> Checks,
    bool IsStrengthChecked)
{
    /// <summary>Why the number should not be believed. There is nothing to doubt where no image was left.</summary>
    public IEnumerable<string> Doubts => Robust.Right == 0 ? [] : Checks.Select(check => check.Alarm).OfType<string>();

    public JsonObject ToJson() => new()
    {
        ["threat"] = Name,
        ["robust"] = Robust.ToJson(),
        ["attacks"] = new JsonArray([.. Members.Select(m => new JsonObject
        {
            ["name"] = m.Name,
            ["configuration"] = m.Configuration,
            ["tried"] = m.Tried,
            ["broken"] = m.Broken,
            ["accuracy"] = m.Left.Share,
        })]),
        ["forwards"] = Forwards,
        ["gradients"] = Gradients,
        ["checks"] = new JsonArray([.. Checks.Select(c => JsonText.Of(c))]),
        ["not_to_be_trusted_because"] = JsonText.Array(Doubts),
    };
}
