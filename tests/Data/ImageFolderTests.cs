using MiniGrad.Data;
using MiniGrad.Formats.Images;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ClassesAndFilesAreSortedByOrdinalName()
    {
        Png("b/1.png", 2, 1, 10, 20, 30, 40, 50, 60);
        Jpg("B/z.JPEG", 0);
        Jpg("B/Z.jpg", -28);
        Png("a/é.PNG", 1, 1, 7, 8, 9);
        ImageFolder images = ImageFolder.Open(folder.Path, new ImageTransform(1, 1, 2, Interpolation.Bilinear));
        Assert.Equal(["B/Z.jpg", "B/z.JPEG", "a/é.PNG", "b/1.png"], images.Files);
        Assert.Equal(["B", "a", "b"], images.Images.ClassNames);
        Assert.Equal([0, 0, 1, 2], images.Images.Labels);
        Assert.Equal((4, 3, 1, 2), (images.Images.Count, images.Images.Channels, images.Images.Height, images.Images.Width));
        // Planes of red, green and blue; a crop wider than the image is black on its sides.
        Assert.Equal([7, 0, 8, 0, 9, 0, 10, 40, 20, 50, 30, 60], images.Images.Pixels[12..]);
        Assert.Equal([100, 0, 100, 0, 100, 0, 128, 0], images.Images.Pixels[..8]);
        Assert.Empty(images.Notes);
    }

    [Fact]
    public void ImagesOfOneSizeNeedNoTransform()
    {
        Png("a/1.png", 2, 1, 1, 2, 3, 4, 5, 6);
        Grey("a/2.png", 200, 100);
        ImageDataSet images = ImageFolder.Open(folder.Path).Images;
        Assert.Equal([1, 4, 2, 5, 3, 6, 200, 100, 200, 100, 200, 100], images.Pixels);
        Assert.Equal($"folder:{folder.Path}", images.Name);
    }

    [Fact]
    public void OneChannelIsLuma()
    {
        Png("a/1.png", 5, 1, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 9, 9, 9);
        Assert.Equal([76, 150, 29, 255, 9], ImageFolder.Open(folder.Path, channels: 1).Images.Pixels);
        Assert.Throws<ArgumentException>(() => ImageFolder.Open(folder.Path, channels: 2));
    }

    [Fact]
    public void ImagesOfDifferentSizesAreNamed()
    {
        Png("a/1.png", 1, 1, 1, 2, 3);
        Png("b/2.png", 2, 1, 1, 2, 3, 4, 5, 6);
        string message = Assert.Throws<DataSetException>(() => ImageFolder.Open(folder.Path)).Message;
        Assert.Contains($"{System.IO.Path.Combine(folder.Path, "b", "2.png")} has 2 x 1 pixels, a/1.png has 1 x 1",
            message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoImageIsSkippedAndSaid()
    {
        Png("a/1.png", 1, 1, 1, 2, 3);
        for (int i = 0; i < 7; i++) Put($"a/{i}.txt", [1]);
        Put(".hidden/1.png", [1]);
        Put("top.png", [1]);
        Put("a/deep/2.png", [1]);
        Directory.CreateDirectory(At("c"));
        Directory.CreateSymbolicLink(At("d"), At("a"));
        File.CreateSymbolicLink(At("a/link.png"), At("a/1.png"));
        ImageFolder images = ImageFolder.Open(folder.Path);
        Assert.Equal(["a/1.png"], images.Files);
        Assert.Equal(["a", "c"], images.Images.ClassNames);
        Assert.Equal(
            [
                "Skipped symbolic links (2): a/link.png, d.",
                "Skipped what is no image file in a class folder (10): .hidden, a/0.txt, a/1.txt, a/2.txt, a/3.txt, ….",
                "Classes without images (1): c.",
            ],
            images.Notes);
    }

    [Fact]
    public void TheFirstBadFileIsNamedInEveryRun()
    {
        for (int i = 0; i < 40; i++) Png($"a/{i:D2}.png", 1, 1, 1, 2, 3);
        Put("a/09.png", TestJpeg.Row(0)[..^1]);
        Put("a/20.png", [1, 2, 3]);
        for (int run = 0; run < 20; run++)
        {
            Assert.Equal(At("a/09.png"), Assert.Throws<JpegException>(() => ImageFolder.Open(folder.Path, ImageTransform.ImageNet)).Path);
        }
    }

    [Fact]
    public void WhatCannotBeTransformedIsNamed()
    {
        Put("a/strip.png", MiniGrad.Formats.Images.Png.Encode(new PixelImage(1_000_000, 1, 1, new byte[1_000_000])));
        string message = Assert.Throws<DataSetException>(() => ImageFolder.Open(
            folder.Path, new ImageTransform(16384, 1, 1, Interpolation.Bilinear))).Message;
        Assert.Contains("strip.png: image: 1000000 x 1 pixels", message, StringComparison.Ordinal);
    }

    [Fact]
    public void FoldersWithoutImagesAreRefused()
    {
        Assert.Contains("is no folder",
            Assert.Throws<DataSetException>(() => ImageFolder.Open(At("absent"))).Message, StringComparison.Ordinal);
        Put("1.png", [1]);
        string message = Assert.Throws<DataSetException>(() => ImageFolder.Open(folder.Path)).Message;
        Assert.Contains("holds no images", message, StringComparison.Ordinal);
        Assert.Contains("(1): 1.png", message, StringComparison.Ordinal);
    }

    [Fact]
    public void MemoryIsCappedBeforeAFileIsRead()
    {
        for (int i = 0; i < 4; i++) Put($"a/{i}.png", [1]);
        DataSetException error = Assert.Throws<DataSetException>(() => ImageFolder.Open(
            folder.Path, new ImageTransform(16384, 16384, 16384, Interpolation.Bilinear)));
        Assert.Contains("4 images of 3 x 16384 x 16384 take 3221225472 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WordNetIdsTakeTheNumbersOfTheIndex()
    {
        Png("n00000007/1.png", 1, 1, 1, 2, 3);
        Png("n00000003/1.png", 1, 1, 4, 5, 6);
        ImageFolder plain = ImageFolder.Open(folder.Path);
        Assert.Equal([0, 1], plain.Images.Labels);
        Assert.Contains("WordNet ids, numbered 0 to 1", Assert.Single(plain.Notes), StringComparison.Ordinal);
        Put(ClassNames.FileName, """{"0": ["n00000007", "seven"], "1": ["n00000001", "one"], "2": ["n00000003", "three"]}"""u8.ToArray());
        ImageFolder indexed = ImageFolder.Open(folder.Path);
        Assert.Equal([2, 0], indexed.Images.Labels);
        Assert.Equal(["seven", "one", "three"], indexed.Images.ClassNames);
        Assert.Empty(indexed.Notes);
        Png("n0000007/1.png", 1, 1, 1, 2, 3);
        string message = Assert.Throws<DataSetException>(() => ImageFolder.Open(folder.Path)).Message;
        Assert.Contains("no id \"n0000007\"; did you mean \"n00000007\"?", message, StringComparison.Ordinal);
    }

    [DataFact("images")]
    public void PhotosInClassFoldersTakeImageNetsNumbers()
    {
        string source = System.IO.Path.Combine(Environment.GetEnvironmentVariable("MINIGRAD_DATA")!, "images");
        foreach (string id in (string[])["n01440764", "n02676566", "n07753592"])
        {
            Directory.CreateDirectory(At(id));
            string photo = Directory.GetFiles(source, $"{id}_*.jpg").Single();
            File.Copy(photo, System.IO.Path.Combine(At(id), System.IO.Path.GetFileName(photo)));
        }
        ClassNames classes = ClassNames.Load(System.IO.Path.Combine(source, ClassNames.FileName));
        ImageDataSet images = ImageFolder.Open(folder.Path, ImageTransform.ImageNet, classes).Images;
        Assert.Equal([0, 402, 954], images.Labels);
        Assert.Equal((3, 3, 224, 224, 1000), (images.Count, images.Channels, images.Height, images.Width, images.ClassCount));
        Assert.Equal(["tench", "acoustic_guitar", "banana"], images.Labels.Select(label => images.ClassNames[label]));
    }

    private string At(string name) => System.IO.Path.Combine(folder.Path, name);

    private void Put(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllBytes(At(name), bytes);
    }

    private void Png(string name, int width, int height, params byte[] pixels) =>
        Put(name, MiniGrad.Formats.Images.Png.Encode(new PixelImage(width, height, 3, pixels)));

    private void Grey(string name, params byte[] pixels) =>
        Put(name, MiniGrad.Formats.Images.Png.Encode(new PixelImage(pixels.Length, 1, 1, pixels)));

    private void Jpg(string name, int level) => Put(name, TestJpeg.Row(level));
}
