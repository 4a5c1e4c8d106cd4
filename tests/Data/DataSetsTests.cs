using System.IO.Compression;
using MiniGrad.Data;
using Xunit;

namespace MiniGrad.Tests.Data;

public sealed class DataSetsTests : IDisposable
{
    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 255];
    private static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 2, 9, 4];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("mnist", "mnist", false)]
    [InlineData("mnist", "mnist", true)]
    [InlineData("mnist", "mnist/raw", false)]
    [InlineData("mnist", "mnist/raw", true)]
    [InlineData("fashion", "fashion-mnist", true)]
    [InlineData("fashion-mnist", "fashion-mnist", false)]
    public void ReadsBothSplitsFromEitherPlaceZippedOrNot(string name, string place, bool isZipped)
    {
        foreach ((Split split, string prefix) in (ReadOnlySpan<(Split, string)>)[(Split.Train, "train"), (Split.Test, "t10k")])
        {
            folder.Write($"{place}/{prefix}-images-idx3-ubyte{(isZipped ? ".gz" : "")}", isZipped ? Zip(Images) : Images);
            folder.Write($"{place}/{prefix}-labels-idx1-ubyte{(isZipped ? ".gz" : "")}", isZipped ? Zip(Labels) : Labels);
            ImageDataSet set = DataSets.Open(name, split, folder.Path);
            Assert.Equal(name == "mnist" ? "mnist" : "fashion", set.Name);
            Assert.Equal([10, 20, 30, 40, 50, 255], set.Pixels);
            Assert.Equal([9, 4], set.Labels);
            Assert.Equal((2, 1, 1, 3, 10), (set.Count, set.Channels, set.Height, set.Width, set.ClassCount));
            Assert.Equal(name == "mnist" ? "9" : "Ankle boot", set.ClassNames[9]);
        }
    }

    [Fact]
    public void OnCanvasEachImageLiesInTheMiddle()
    {
        folder.Write("mnist/t10k-images-idx3-ubyte", Images);
        folder.Write("mnist/t10k-labels-idx1-ubyte", Labels);
        ImageDataSet set = DataSets.Open("mnist+canvas", Split.Test, folder.Path);
        Assert.Equal(("mnist on canvas", 2, 1, 2, 6), (set.Name, set.Count, set.Channels, set.Height, set.Width));
        Assert.Equal([0, 10, 20, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 50, 255, 0, 0, 0, 0, 0, 0, 0, 0], set.Pixels);
        Assert.Equal([9, 4], set.Labels);
        Assert.Equal("cifar-10:1-4+canvas", DataSets.Resolve("cifar10:1-4+canvas"));
        Assert.Equal("9", DataSets.ClassNames("mnist+canvas")![9]);
        Assert.False(DataSets.TryResolve("mnits+canvas", out _, out string? problem));
        Assert.Contains("mnist", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFileIsNamedWithWhatToDo()
    {
        WriteTest(Images, null);
        string message = Fail("mnist").Message;
        Assert.Contains("t10k-labels-idx1-ubyte", message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder.Path, "mnist"), message, StringComparison.Ordinal);
        Assert.Contains("minigrad data fetch mnist", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Contains("fashion-mnist", Fail("fashion").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DifferentCountsAreAnError()
    {
        WriteTest(Images, [0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3]);
        string message = Fail("mnist").Message;
        Assert.Contains("t10k-images-idx3-ubyte holds 2 images, but ", message, StringComparison.Ordinal);
        Assert.Contains("t10k-labels-idx1-ubyte holds 3 labels", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ExchangedFilesAreAnError()
    {
        WriteTest(Labels, Images);
        Assert.Contains("t10k-images-idx3-ubyte has 1 axes, but a file of images has 3", Fail("mnist").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALabelAboveNineIsAnError()
    {
        WriteTest(Images, [0, 0, 8, 1, 0, 0, 0, 2, 3, 10]);
        string message = Fail("mnist").Message;
        Assert.Contains("t10k-labels-idx1-ubyte: label 10 of image 1 is not one of 0 … 9", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImagesWithoutPixelsAreAnError()
    {
        WriteTest([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3], Labels);
        BadFileException error = Assert.ThrowsAny<BadFileException>(() => DataSets.Open("mnist", Split.Test, folder.Path));
        Assert.Contains("size 0 of axis 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNotIdxKeepsItsOwnError()
    {
        WriteTest("<html></html>"u8.ToArray(), Labels);
        BadFileException error = Assert.ThrowsAny<BadFileException>(() => DataSets.Open("mnist", Split.Test, folder.Path));
        Assert.EndsWith("t10k-images-idx3-ubyte", error.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mnits", "did you mean \"mnist\"?")]
    [InlineData("Digits", "did you mean \"digits\"?")]
    [InlineData("fashio", "did you mean \"fashion\"?")]
    [InlineData("cifar-100", "did you mean \"cifar-10\"?")]
    [InlineData("cifar-10:", "\"\" names no training batches")]
    [InlineData("cifar-10:0-2", "\"0-2\" names no training batches")]
    [InlineData("cifar-10:4-1", "\"4-1\" names no training batches")]
    [InlineData("cifar10:1,2,6", "\"6\" names no training batches")]
    [InlineData("cifar-10:1-3,2", "names batch 2 twice")]
    [InlineData("mnist:1-4", "there is no \"mnist:1-4\"")]
    [InlineData("imagenet", "Known: mnist, fashion, digits, cifar-10.")]
    public void AnUnknownSetOffersTheNearest(string name, string hint)
    {
        DataSetException error = Assert.Throws<DataSetException>(() => DataSets.Open(name, Split.Test, folder.Path));
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnExplicitFolderWins() => Assert.Equal("/data", DataSets.Folder("/data"));

    [Fact]
    public void DigitsNeedNoFiles()
    {
        ImageDataSet test = DataSets.Open("digits", Split.Test, Path.Combine(folder.Path, "absent"));
        Assert.Equal((10_000, 1, 28, 28, 10), (test.Count, test.Channels, test.Height, test.Width, test.ClassCount));
        Assert.All(Enumerable.Range(0, 10), digit => Assert.Equal(1000, test.Labels.Count(label => label == digit)));
    }

    [DataFact("mnist")]
    public void MnistFacts()
    {
        ImageDataSet test = DataSets.Open("mnist", Split.Test);
        Assert.Equal((10_000, 28, 28), (test.Count, test.Height, test.Width));
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], test.Labels[..10]);
        ImageDataSet train = DataSets.Open("mnist", Split.Train);
        Assert.Equal(60_000, train.Count);
        Assert.Equal([5, 0, 4, 1, 9], train.Labels[..5]);
        // The mean that every MNIST recipe subtracts.
        Assert.Equal(0.1307, train.Pixels.Average(value => (double)value) / 255, 4);
    }

    [DataFact("fashion-mnist")]
    public void FashionFacts()
    {
        ImageDataSet test = DataSets.Open("fashion", Split.Test);
        Assert.Equal(10_000, test.Count);
        Assert.Equal([9, 2, 1, 1, 6], test.Labels[..5]);
        ImageDataSet train = DataSets.Open("fashion", Split.Train);
        Assert.Equal(60_000, train.Count);
        Assert.Equal("Ankle boot", train.ClassNames[train.Labels[0]]);
        Assert.Equal(0.2860, train.Pixels.Average(value => (double)value) / 255, 4);
    }

    private static byte[] Zip(byte[] bytes)
    {
        using MemoryStream target = new();
        using (GZipStream zip = new(target, CompressionLevel.Fastest)) zip.Write(bytes);
        return target.ToArray();
    }

    private void WriteTest(byte[] images, byte[]? labels)
    {
        folder.Write("mnist/t10k-images-idx3-ubyte", images);
        if (labels is not null) folder.Write("mnist/t10k-labels-idx1-ubyte", labels);
    }

    private DataSetException Fail(string name) =>
        Assert.Throws<DataSetException>(() => DataSets.Open(name, Split.Test, folder.Path));
}
