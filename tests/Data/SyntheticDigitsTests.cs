using MiniGrad.Data;
using Xunit;

namespace MiniGrad.Tests.Data;

public class SyntheticDigitsTests
{
    private const int Size = 28 * 28;

    [Fact]
    public void TheFirstHundredImagesArePinned() => Assert.Equal(
        "d4f8262904cbbe7c8341b3748d7ccecd4a6638a53b1519fc5f9a79adf6505ef0",
        SyntheticDigits.Create(seed: 1, start: 0, count: 100).Sha256);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(37, 90)]
    [InlineData(63, 66)]
    [InlineData(199, 1)]
    public void AnImageDependsOnSeedAndIndexAlone(int start, int count)
    {
        ImageDataSet whole = SyntheticDigits.Create(5, 0, 200);
        ImageDataSet part = SyntheticDigits.Create(5, start, count);
        Assert.Equal(whole.Pixels[(start * Size)..((start + count) * Size)], part.Pixels);
        Assert.Equal(whole.Labels[start..(start + count)], part.Labels);
        (byte[] pixels, int label) = SyntheticDigits.Image(5, start);
        Assert.Equal(part.Pixels[..Size], pixels);
        Assert.Equal(part.Labels[0], label);
    }

    [Fact]
    public void SeedsAndIndicesGiveDifferentImages()
    {
        byte[] first = SyntheticDigits.Image(5, 0).Pixels;
        Assert.NotEqual(first, SyntheticDigits.Image(5, 1).Pixels);
        Assert.NotEqual(first, SyntheticDigits.Image(6, 0).Pixels);
        Assert.NotEqual(SyntheticDigits.Create(5, 0, 100).Labels, SyntheticDigits.Create(6, 0, 100).Labels);
    }

    [Fact]
    public void IndicesBeyondIntWork() => Assert.InRange(SyntheticDigits.Image(-3, long.MaxValue).Label, 0, 9);

    [Fact]
    public void EveryTenImagesHoldEachDigitOnceInMixedOrder()
    {
        int[] labels = SyntheticDigits.Create(9, 0, 300).Labels;
        for (int i = 0; i < 300; i += 10) Assert.Equal(Enumerable.Range(0, 10), labels[i..(i + 10)].Order());
        Assert.NotEqual(labels[..10], labels[10..20]);
    }

    [Fact]
    public void InkLooksLikeMnist()
    {
        // MNIST: 19.1 % of the pixels carry ink, their mean over all is 0.1307 of full ink, all within a box of 20 x 20
        // pixels around the middle; these digits are shaken a little about that.
        ImageDataSet set = SyntheticDigits.Create(11, 0, 5000);
        double total = 0;
        int inked = 0;
        for (int image = 0; image < set.Count; image++)
        {
            ReadOnlySpan<byte> pixels = set.Pixels.AsSpan(image * Size, Size);
            (double sum, double row, double column, int darkest, int count) = (0, 0, 0, 0, 0);
            (int top, int bottom, int left, int right) = (28, -1, 28, -1);
            for (int i = 0; i < Size; i++)
            {
                if (pixels[i] == 0) continue;
                count++;
                sum += pixels[i];
                row += pixels[i] * (i / 28);
                column += pixels[i] * (i % 28);
                darkest = Math.Max(darkest, pixels[i]);
                (top, bottom) = (Math.Min(top, i / 28), Math.Max(bottom, i / 28));
                (left, right) = (Math.Min(left, i % 28), Math.Max(right, i % 28));
            }
            total += sum;
            inked += count;
            Assert.InRange(darkest, 140, 255);
            Assert.InRange(count, 25, 350);
            Assert.InRange(row / sum, 10.5, 16.5);
            Assert.InRange(column / sum, 10.5, 16.5);
            Assert.InRange(Math.Max(bottom - top, right - left) + 1, 16, 24);
            // No digit touches the frame: nothing is cut off.
            Assert.True(top > 0 && left > 0 && bottom < 27 && right < 27, $"image {image} touches the frame");
        }
        Assert.InRange(total / (255.0 * Size * set.Count), 0.11, 0.14);
        Assert.InRange((double)inked / (Size * set.Count), 0.17, 0.21);
    }

    [Fact]
    public void ClassesAreNeitherAlikeNorTrivial()
    {
        // Nearest class mean: far above chance (0.1), far below what a network reaches. 0.82 on MNIST.
        ImageDataSet train = SyntheticDigits.Create(1, 0, 5000);
        ImageDataSet test = SyntheticDigits.Create(2, 0, 1000);
        double[,] means = new double[10, Size];
        for (int i = 0; i < train.Count * Size; i++) means[train.Labels[i / Size], i % Size] += train.Pixels[i] / 500.0;
        int right = 0;
        for (int image = 0; image < test.Count; image++)
        {
            (int nearest, double least) = (-1, double.MaxValue);
            for (int digit = 0; digit < 10; digit++)
            {
                double distance = 0;
                for (int i = 0; i < Size; i++)
                {
                    double difference = test.Pixels[image * Size + i] - means[digit, i];
                    distance += difference * difference;
                }
                if (distance < least) (nearest, least) = (digit, distance);
            }
            if (nearest == test.Labels[image]) right++;
        }
        Assert.InRange(right, 700, 920);
    }

    [Fact]
    public void RejectsNegatives()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticDigits.Image(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticDigits.Create(1, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticDigits.Create(1, 0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticDigits.Create(1, 0, int.MaxValue));
    }
}
