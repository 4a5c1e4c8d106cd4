using MiniGrad.Data;
using MiniGrad.Training;
using Xunit;

namespace MiniGrad.Tests.Training;

public sealed class AugmentationTests
{
    private static readonly Rng Epoch = new Rng(5).At("augment").At(2);

    private readonly ImageDataSet data = Random(60, 3, 12, 10);

    internal static ImageDataSet Random(int count, int channels, int height, int width)
    {
        byte[] pixels = new byte[count * channels * height * width];
        new Random(1).NextBytes(pixels);
        return new("random", channels, height, width, pixels, [.. Enumerable.Range(0, count).Select(i => i % 10)],
            [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
    }

    [Fact]
    public void NoneChangesNothing() =>
        Assert.Equal(data.Images([3, 1]).ToArray<float>(), Augmentation.Find("none").Images(data, [3, 1], Epoch).ToArray<float>());

    /// <summary>Every result is one of the 9 · 9 · 2 crops of the padded image, found by search; all kinds of them occur.</summary>
    [Theory]
    [InlineData("crop-flip", false)]
    [InlineData("crop-flip-reflect", true)]
    public void EachImageIsACropOfThePaddedOne(string name, bool reflects)
    {
        int[] all = [.. Enumerable.Range(0, data.Count)];
        HashSet<int> rows = [];
        HashSet<int> columns = [];
        int flips = 0;
        for (int epoch = 0; epoch < 4; epoch++)
        {
            float[] varied = Augmentation.Find(name).Images(data, all, new Rng(1).At(epoch)).ToArray<float>();
            for (int i = 0; i < data.Count; i++)
            {
                (int row, int column, bool flipped) = Search(i, varied.AsSpan(i * 360, 360), reflects);
                rows.Add(row);
                columns.Add(column);
                flips += flipped ? 1 : 0;
            }
        }
        Assert.Equal(9, rows.Count);
        Assert.Equal(9, columns.Count);
        // 240 fair draws: five standard deviations of 7.7 around 120.
        Assert.InRange(flips, 81, 159);
    }

    [Theory]
    [InlineData("crop-flip")]
    [InlineData("crop-flip-reflect")]
    public void AnImageDoesNotDependOnItsBatch(string name)
    {
        Augmentation augmentation = Augmentation.Find(name);
        float[] alone = augmentation.Images(data, [7], Epoch).ToArray<float>();
        float[] among = augmentation.Images(data, [1, 7, 7, 2], Epoch).ToArray<float>();
        Assert.Equal(alone, among[360..720]);
        Assert.Equal(alone, among[720..1080]);
        Assert.NotEqual(alone, augmentation.Images(data, [7], new Rng(5).At("augment").At(3)).ToArray<float>());
    }

    [Fact]
    public void WhatCannotBeIsSaid()
    {
        ImageDataSet small = Random(2, 1, 4, 30);
        Assert.Contains("4 × 30",
            Assert.Throws<ArgumentException>(() => Augmentation.Find("crop-flip-reflect").Images(small, [0], Epoch)).Message,
            StringComparison.Ordinal);
        Assert.Equal(120, Augmentation.Find("crop-flip").Images(small, [0], Epoch).Count);
        Assert.Contains("did you mean \"crop-flip\"?",
            Assert.Throws<ArgumentException>(() => Augmentation.Find("crop-flp")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Augmentation.Find("crop-flip").Images(data, [60], Epoch));
    }

    private (int Row, int Column, bool Flipped) Search(int image, ReadOnlySpan<float> found, bool reflects)
    {
        float[] crop = new float[360];
        for (int choice = 0; choice < 162; choice++)
        {
            (int row, int column, bool flipped) = (choice / 18, choice / 2 % 9, choice % 2 == 1);
            for (int i = 0; i < crop.Length; i++)
            {
                int x = flipped ? 9 - i % 10 : i % 10;
                crop[i] = Padded(image, i / 120, i / 10 % 12 + row - 4, x + column - 4, reflects);
            }
            if (found.SequenceEqual(crop)) return (row, column, flipped);
        }
        throw new InvalidOperationException($"image {image} is no crop of itself");
    }

    private float Padded(int image, int channel, int y, int x, bool reflects)
    {
        if (!reflects && (y is < 0 or >= 12 || x is < 0 or >= 10)) return 0;
        y = y < 0 ? -y : y > 11 ? 22 - y : y;
        x = x < 0 ? -x : x > 9 ? 18 - x : x;
        return data.Pixels[((image * 3 + channel) * 12 + y) * 10 + x] / 255f;
    }
}
