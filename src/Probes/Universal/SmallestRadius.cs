using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Universal;

/// <summary>The smallest size of a perturbation that fools a wanted share of images, by halving.</summary>
/// <param name="Radius">The size; infinite where none that was tried suffices.</param>
/// <param name="Rate">What the perturbation of that size does; none where none suffices.</param>
/// <param name="Tries">Sizes that were tried.</param>
public sealed record SmallestRadius(double Radius, FoolingRate? Rate, int Tries)
{
    /// <summary>A factor of a million either way.</summary>
    private const int MostDoublings = 20;

    /// <summary>
    /// Doubles the start until the share is fooled, or halves it until it is not, and halves what is between. The share need not rise
    /// evenly with the size: the result is a place where it does.
    /// </summary>
    /// <param name="measure">What the perturbation of a size does.</param>
    /// <param name="start">The size to begin with.</param>
    /// <param name="share">The share to be fooled.</param>
    /// <param name="halvings">Halvings of what is between.</param>
    internal static SmallestRadius Find(Func<double, FoolingRate> measure, double start, double share, int halvings)
    {
        (double low, double high, int tries) = (0, start, 0);
        FoolingRate? best = null;
        bool Suffices(double size)
        {
            tries++;
            FoolingRate rate = measure(size);
            if (rate.Share < share) return false;
            best = rate;
            return true;
        }
        while (!Suffices(high))
        {
            if (tries > MostDoublings) return new(double.PositiveInfinity, null, tries);
            (low, high) = (high, 2 * high);
        }
        while (low == 0 && tries <= MostDoublings)
        {
            if (Suffices(high / 2)) high /= 2;
            else low = high / 2;
        }
        for (int halving = 0; halving < halvings; halving++)
        {
            double middle = (low + high) / 2;
            if (Suffices(middle)) high = middle;
            else low = middle;
        }
        return new(high, best, tries);
    }
}
