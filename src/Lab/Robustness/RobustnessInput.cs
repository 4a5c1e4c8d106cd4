using System.Text.Json.Nodes;
using MiniGrad.Data;

namespace MiniGrad.Lab.Robustness;

/// <summary>
/// What a classifier is evaluated on. The first images of a set are clean images: nine tenths of them are the test part, the last
/// tenth chooses the threshold. The first images of the test part are attacked.
/// </summary>
internal sealed record RobustnessInput(ImageDataSet Set, int CleanCount, int Count, IReadOnlyList<NamedAttack> Attacks)
{
    /// <summary>Images that are attacked where nobody says how many.</summary>
    private const int UsualCount = 1000;

    /// <summary>Clean images that are tested on.</summary>
    public int TestCount => Tests(CleanCount);

    /// <summary>The images of a set: all of them, and a thousand attacked ones, where no numbers are given.</summary>
    /// <exception cref="UsageException">The set has fewer, or there is no attack.</exception>
    public static RobustnessInput Of(ImageDataSet set, IReadOnlyList<NamedAttack> attacks, int? cleanCount = null, int? count = null)
    {
        int clean = cleanCount ?? set.Count;
        if (clean > set.Count) throw new UsageException($"--clean-count: {clean} images asked for, {set.Name} has {set.Count}.");
        int test = Tests(clean);
        if (test < 1) throw new UsageException($"--clean-count: {clean} images have no part to test on. Take at least 2, better 1000.");
        if (count > test)
        {
            throw new UsageException(
                $"--count: {count} images asked for, the test part, nine tenths of {clean} clean images, has {test}. Attack fewer.");
        }
        if (attacks.Count == 0) throw new UsageException("evaluate: no attack is named. Name at least one.");
        return new(set, clean, count ?? Math.Min(UsualCount, test), attacks);
    }

    /// <summary>Adds what of these decides the outcome to the identity of a run.</summary>
    public void Identify(JsonObject identity)
    {
        identity["attacks"] = JsonText.Array(Attacks.Select(a => a.Name));
        identity["configurations"] = JsonText.Array(Attacks.Select(a => a.Attack.Identity()));
        identity["data_sha256"] = Set.Sha256;
        identity["clean_count"] = CleanCount;
        identity["count"] = Count;
    }

    private static int Tests(int clean) => (int)(9L * clean / 10);
}
