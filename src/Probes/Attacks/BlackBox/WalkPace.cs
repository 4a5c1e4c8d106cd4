namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The steps of one walk, and how the last of them went. Both grow when more than half of the steps across are wrong, where the boundary
/// looks flat, and shrink when fewer than a fifth are; the step towards the image grows when more than a quarter of those that were tried
/// are made, and shrinks when fewer than a tenth are. The shares are those of foolbox, the number of steps behind each change is chosen
/// here: with its 100 and 30 a walk of 1000 steps would hardly adapt.
/// </summary>
/// <param name="Spherical">The step across, as a share of the distance.</param>
/// <param name="Source">The step towards the image, as a share of the distance.</param>
internal readonly record struct WalkPace(double Spherical, double Source)
{
    private const int Looks = 20;
    private const int Tries = 10;

    private int Looked { get; init; }

    private int Wrong { get; init; }

    private int Tried { get; init; }

    private int Made { get; init; }

    /// <summary>The pace behind a step.</summary>
    /// <param name="isWrong">Whether the point across was still wrong, and a step towards the image tried.</param>
    /// <param name="isMade">Whether that was made.</param>
    /// <param name="adaptation">What steps are multiplied or divided by.</param>
    public WalkPace After(bool isWrong, bool isMade, double adaptation)
    {
        WalkPace next = this with
        {
            Looked = Looked + 1,
            Wrong = Wrong + (isWrong ? 1 : 0),
            Tried = Tried + (isWrong ? 1 : 0),
            Made = Made + (isMade ? 1 : 0),
        };
        if (next.Looked == Looks)
        {
            double factor = Factor(next.Wrong, Looks, 0.2, 0.5, adaptation);
            next = next with { Spherical = Capped(next.Spherical * factor), Source = Capped(next.Source * factor), Looked = 0, Wrong = 0 };
        }
        if (next.Tried == Tries)
        {
            next = next with { Source = Capped(next.Source * Factor(next.Made, Tries, 0.1, 0.25, adaptation)), Tried = 0, Made = 0 };
        }
        return next;
    }

    // A step as long as the distance would end at the image.
    private static double Capped(double step) => Math.Min(step, 0.5);

    private static double Factor(int hits, int of, double few, double many, double adaptation) =>
        hits > many * of ? adaptation : hits < few * of ? 1 / adaptation : 1;
}
