using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>A threat of a suite with the attacks within it.</summary>
internal sealed record SuiteThreat(string Name, Threat Within, IReadOnlyList<NamedAttack> Members);

/// <summary>What a suite is run on: the first images of a set, under some threats.</summary>
/// <param name="Set">The images.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Threats">Each with its attacks.</param>
/// <param name="Version">How thorough they are.</param>
/// <param name="CheckCount">How many of the images the checks of the numbers look at.</param>
internal sealed record SuiteInput(
    ImageDataSet Set, int Count, IReadOnlyList<SuiteThreat> Threats, SuiteVersion Version, int CheckCount)
{
    /// <summary>Images that are attacked where nobody says how many.</summary>
    private const int UsualCount = 1000;

    /// <summary>The first images of a set.</summary>
    /// <exception cref="UsageException">The set has fewer, or a threat is named twice or has no suite.</exception>
    public static SuiteInput Of(
        ImageDataSet set, IReadOnlyList<string> threats, SuiteVersion version, int classes, int? count, int checkCount)
    {
        if (count > set.Count) throw new UsageException($"--count: {count} images asked for, {set.Name} has {set.Count}.");
        foreach (string threat in threats)
        {
            if (threats.Count(t => t == threat) == 1) continue;
            throw new UsageException($"evaluate: --threat {threat} is named twice. Name each threat once.");
        }
        int length = count ?? Math.Min(UsualCount, set.Count);
        return new(set, length,
            [.. threats.Select(t => new SuiteThreat(t, ThreatCatalog.Parse(t), AttackSuite.Of(t, version, classes)))], version,
            Math.Min(checkCount, length));
    }

    /// <summary>Consecutive images of this run, the first of which has number 0.</summary>
    public Examples Examples(int first, int length, DType type) => new(Set.Images(first, length).Cast(type),
        Set.Labels[first..(first + length)]);

    /// <summary>Adds what of these decides the outcome to the identity of a run.</summary>
    public void Identify(JsonObject identity)
    {
        identity["suite"] = Version.ToString();
        identity["threats"] = JsonText.Array(Threats.Select(t => t.Name));
        identity["configurations"] = JsonText.Array(Threats.SelectMany(t => t.Members).Select(m => m.Attack.Identity()));
        identity["data_sha256"] = Set.Sha256;
        identity["first"] = 0;
        identity["count"] = Count;
        identity["check_count"] = CheckCount;
    }
}
