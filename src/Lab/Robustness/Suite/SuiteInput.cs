using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>A threat of a suite with the attacks within it.</summary>
internal sealed record SuiteThreat(string Name, Threat Within, IReadOnlyList<NamedAttack> Members);

/// <summary>What a suite is run on: some of the first images of a set, under some threats.</summary>
/// <param name="Set">The images.</param>
/// <param name="First">The first image of this run.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Threats">Each with its attacks.</param>
/// <param name="Version">How thorough they are.</param>
/// <param name="CheckCount">How many of the images the checks of the numbers look at.</param>
internal sealed record SuiteInput(
    ImageDataSet Set, int First, int Count, IReadOnlyList<SuiteThreat> Threats, SuiteVersion Version, int CheckCount)
{
    /// <summary>Images that are attacked where nobody says how many.</summary>
    private const int UsualCount = 1000;

    /// <summary>The first images of a set, or the part of them that a shard such as 2/8 names.</summary>
    /// <exception cref="UsageException">The set has fewer, a threat is named twice or has no suite, or there is no such shard.</exception>
    public static SuiteInput Of(
        ImageDataSet set, IReadOnlyList<string> threats, SuiteVersion version, int classes, int? count, string? shard, int checkCount)
    {
        if (count > set.Count) throw new UsageException($"--count: {count} images asked for, {set.Name} has {set.Count}.");
        foreach (string threat in threats)
        {
            if (threats.Count(t => t == threat) == 1) continue;
            throw new UsageException($"evaluate: --threat {threat} is named twice. Name each threat once.");
        }
        (int first, int length) = Part(shard, count ?? Math.Min(UsualCount, set.Count));
        return new(set, first, length,
            [.. threats.Select(t => new SuiteThreat(t, ThreatCatalog.Parse(t), AttackSuite.Of(t, version, classes)))], version,
            Math.Min(checkCount, length));
    }

    /// <summary>Consecutive images of this run, the first of which has number 0.</summary>
    public Examples Examples(int first, int length, DType type) => new(Set.Images(First + first, length).Cast(type),
        Set.Labels[(First + first)..(First + first + length)]);

    /// <summary>Adds what of these decides the outcome to the identity of a run.</summary>
    public void Identify(JsonObject identity)
    {
        identity["suite"] = Version.ToString();
        identity["threats"] = JsonText.Array(Threats.Select(t => t.Name));
        identity["configurations"] = JsonText.Array(Threats.SelectMany(t => t.Members).Select(m => m.Attack.Identity()));
        identity["data_sha256"] = Set.Sha256;
        identity["first"] = First;
        identity["count"] = Count;
        identity["check_count"] = CheckCount;
    }

    private static (int First, int Length) Part(string? shard, int count)
    {
        if (shard is null) return (0, count);
        string[] parts = shard.Split('/');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int all) || number < 1 || number > all)
        {
            throw new UsageException($"--shard: \"{shard}\" is no part. Write 1/8 to 8/8, say.");
        }
        if (all > count) throw new UsageException($"--shard: {all} parts of {count} images would leave some empty. Take at most {count}.");
        int first = (int)((long)count * (number - 1) / all);
        return (first, (int)((long)count * number / all) - first);
    }
}
