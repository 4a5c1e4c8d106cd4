using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>Some images of an evaluation, and what checks ask about them; nothing is computed twice.</summary>
/// <param name="classifier">What was evaluated.</param>
/// <param name="examples">The images with their labels.</param>
/// <param name="of">The threat with the attacks that were run.</param>
/// <param name="rows">What the suite made of all images, those of the sample first.</param>
/// <param name="which">The number of the threat in the rows.</param>
/// <param name="run">Seed and cancellation.</param>
internal sealed class TrustSample(
    Classifier classifier, Examples examples, SuiteThreat of, IReadOnlyList<SuiteRow> rows, int which, RunContext run)
{
    /// <summary>The share of images by which numbers may differ without a reason.</summary>
    private const double Tolerance = 0.005;

    private readonly Dictionary<(string Attack, Threat Threat, double Scale), bool[]> known = [];

    public Classifier Classifier => classifier;

    public Examples Examples => examples;

    public Threat Threat => of.Within;

    /// <summary>
    /// The classifier itself where what was attacked is the mean of several looks at it;
    /// none where it was attacked as it is.
    /// </summary>
    public Classifier? Single { get; init; }

    public RunContext Run => run;

    /// <summary>The fates of all images of the evaluation under this threat that are right as they are.</summary>
    public IEnumerable<SuiteFate> Fates => rows.Where(row => row.IsRight).Select(row => row.Fates[which]);

    public int Total => rows.Count;

    /// <summary>The images of the sample that are right as they are.</summary>
    public int[] Right => field ??= [.. Enumerable.Range(0, examples.Count).Where(i => rows[i].IsRight)];

    /// <summary>Those that the suite has left.</summary>
    public int[] Left => field ??= [.. Right.Where(i => rows[i].Fates[which].BrokenBy is null)];

    /// <summary>Whether threats of another size can be asked for: they are balls of pixels.</summary>
    public bool IsBall => Threat is Linf or L2 or L1;

    /// <summary>Whether an attack without slopes was among those that were run.</summary>
    public bool HasSquare => of.Members.Any(member => member.Attack is SquareAttack);

    /// <summary>The strongest ascent there is for the threat, by so many steps.</summary>
    public string Ascent(int steps, int starts = 1) =>
        FormattableString.Invariant($"{(Threat is L1 ? "pgd" : "apgd")}:steps={steps},restarts={starts}");

    /// <summary>How many of the images that are right as they are stay so under an attack.</summary>
    /// <param name="attack">As the command evaluate names it.</param>
    /// <param name="within">Another threat.</param>
    /// <param name="scale">A factor of all logits.</param>
    public int Survivors(string attack, Threat? within = null, double scale = 1)
    {
        bool[] broken = Broken(attack, within ?? Threat, scale);
        return Right.Count(i => !broken[i]);
    }

    /// <summary>Whether an attack breaks each image of the sample; those that are wrong as they are are not asked about.</summary>
    public bool[] Broken(string attack, Threat? within = null, double scale = 1)
    {
        (string, Threat, double) key = (attack, within ?? Threat, scale);
        if (known.TryGetValue(key, out bool[]? broken)) return broken;
        broken = new bool[examples.Count];
        foreach (int i in Attacked(attack, key.Item2, Right, scale)) broken[i] = true;
        return known[key] = broken;
    }

    /// <summary>The images of some that an attack breaks; starts are numbered from the first, so that others are others.</summary>
    public int[] Attacked(string attack, Threat within, int[] images, double scale = 1, int firstStart = 0)
    {
        if (images.Length == 0) return [];
        Attack parsed = NamedAttack.Parse(attack).UntilBroken;
        if (parsed is BallAttack ball) parsed = ball with { Within = within };
        Classifier asked = scale == 1 ? classifier : Scaled(scale);
        AttackResult found = parsed.Run(asked, examples.Take(images) with { Numbers = images }, run with { FirstStart = firstStart });
        run.Cancellation.ThrowIfCancellationRequested();
        return [.. Enumerable.Range(0, images.Length).Where(k => found.Examples[k].Success).Select(k => images[k])];
    }

    /// <summary>Whether so many images are more than chance and rounding would make of a sample.</summary>
    public bool IsMany(int images) => images >= 2 && images > Tolerance * examples.Count;

    private Classifier Scaled(double scale) =>
        new(x => classifier.Logits(x) * scale, classifier.InputShape, classifier.ClassCount, classifier.Low, classifier.High)
        {
            Device = classifier.Device,
        };
}
