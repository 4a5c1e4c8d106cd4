using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The confidence between the images of a walk.</summary>
public class PathCertificateTests
{
    // One pixel; class 0 has logit 6·cos(8π x), so 0, 0.25 and 0.5 are crests and 0.125 is a valley.
    private static readonly Classifier Wave = new(x =>
    {
        Tensor wave = (x.Flatten() * (8 * Math.PI)).Cos() * 6;
        return Ops.Concat([wave, wave * 0], 1);
    }, [1, 1, 1], 2);

    private static readonly double Crest = 1 / (1 + Math.Exp(-6));

    [Theory]
    [InlineData(0.25, 2)]
    [InlineData(0.3, 2)]
    [InlineData(0.13, 3)]
    [InlineData(0.01, 26)]
    public void PointsAreNoFartherThanTheSpacing(double spacing, int points)
    {
        PathCertificate certificate = PathCertificate.Of(Wave, Path(0, 0.25), 0, Crest, spacing, 0.05);
        Assert.Equal(points, certificate.Points);
        bool isBlind = points == 2;
        Assert.Equal(isBlind, certificate.IsCertified);
        double valley = Crest - 1 / (1 + Math.Exp(6));
        // Of 25 pieces the nearest point to the valley lies half a piece beside it.
        double deepest = points == 26 ? Crest - 1 / (1 + Math.Exp(-6 * Math.Cos(8 * Math.PI * 0.12))) : valley;
        Assert.Equal(isBlind ? 0 : deepest, certificate.MaxDrop, 1e-5);
    }

    [Fact]
    public void DropsAreCountedFromTheSource_AndTheWalkMayBeginLater()
    {
        WalkPath path = Path(0.125, 0.25, 0.25);
        Assert.False(PathCertificate.Of(Wave, path, 0, Crest, 0.5, 0.05).IsCertified);
        PathCertificate later = PathCertificate.Of(Wave, path, 0, Crest, 0.5, 0.05, from: 1);
        Assert.Equal((true, 2), (later.IsCertified, later.Points));
        Assert.Equal(0.002, PathCertificate.Of(Wave, path, 0, Crest + 0.002, 0.5, 0.05, from: 1).MaxDrop, 1e-6);
    }

    [Fact]
    public void AWalkWithoutAllItsImagesIsRefused()
    {
        WalkPath path = Path(0, 0.1, 0.2) with { ImageIterations = [0, 10, 20] };
        void Refused(string words, Action make) =>
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
        Refused("image 1 of the walk was not kept. Run it with PathEvery = 1", () => PathCertificate.Of(Wave, path, 0, 1, 0.1, 0.05));
        Refused("no iteration 30", () => PathCertificate.Of(Wave, path, 0, 1, 0.1, 0.05, from: 30));
        Refused("spacing 0", () => PathCertificate.Of(Wave, Path(0, 1), 0, 1, 0, 0.05));
        Refused("confidence drop 1", () => PathCertificate.Of(Wave, Path(0, 1), 0, 1, 0.1, 1));
        Refused("class 2", () => PathCertificate.Of(Wave, Path(0, 1), 2, 1, 0.1, 0.05));
    }

    private static WalkPath Path(params double[] pixels) => new(0, [.. Enumerable.Range(0, pixels.Length)],
        [.. pixels.Select(pixel => (float[])[(float)pixel])], new double[pixels.Length], new double[pixels.Length]);
}
