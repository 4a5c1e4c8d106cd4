using System.Security.Cryptography;
using MiniGrad.Data;
using Xunit;

namespace MiniGrad.Tests.Data;

/// <summary>CIFAR-10 by name: which files make it up, and what is said when one is missing.</summary>
public sealed class CifarSetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("cifar-10", new[] { 1, 1, 2, 2, 3, 3, 4, 4, 5, 5 })]
    [InlineData("cifar10", new[] { 1, 1, 2, 2, 3, 3, 4, 4, 5, 5 })]
    [InlineData("cifar-10:1-5", new[] { 1, 1, 2, 2, 3, 3, 4, 4, 5, 5 })]
    [InlineData("cifar-10:1-4", new[] { 1, 1, 2, 2, 3, 3, 4, 4 })]
    [InlineData("cifar10:4,1,2", new[] { 1, 1, 2, 2, 4, 4 })]
    [InlineData("cifar-10:3", new[] { 3, 3 })]
    public void TheListedBatchesAreJoinedInOrder(string name, int[] labels)
    {
        Write("cifar-10", 1, 2, 3, 4, 5);
        ImageDataSet train = DataSets.Open(name, Split.Train, folder.Path);
        Assert.Equal(labels, train.Labels);
        Assert.Equal(DataSets.Resolve(name), train.Name);
        Assert.Equal((3, 32, 32, 10), (train.Channels, train.Height, train.Width, train.ClassCount));
        for (int i = 0; i < train.Count; i++) Assert.Equal((byte)(7 * (i % 2)), train.Pixels[3072 * i]);
        ImageDataSet test = DataSets.Open(name, Split.Test, folder.Path);
        Assert.Equal([9, 8, 7], test.Labels);
        Assert.Equal("cifar-10", test.Name);
    }

    [Theory]
    [InlineData("cifar10", "cifar-10")]
    [InlineData("cifar10:1-5", "cifar-10")]
    [InlineData("cifar-10:5,1-4", "cifar-10")]
    [InlineData("cifar-10:4,3,2,1", "cifar-10:1-4")]
    [InlineData("cifar-10:1-2,4", "cifar-10:1,2,4")]
    [InlineData("cifar-10:2-2", "cifar-10:2")]
    [InlineData("cifar-10:1,3-5", "cifar-10:1,3-5")]
    public void EqualListsHaveOneName(string given, string known)
    {
        Assert.Equal(known, DataSets.Resolve(given));
        Assert.Equal("cifar-10", DataSets.WithoutParts(given));
    }

    [Theory]
    [InlineData("cifar-10")]
    [InlineData("cifar-10/cifar-10-batches-bin")]
    [InlineData("cifar-10-batches-bin")]
    public void AnyOfThreePlacesWillDo(string place)
    {
        Write(place, 1, 2, 3, 4, 5);
        Assert.Equal(10, DataSets.Open("cifar-10", Split.Train, folder.Path).Count);
        Assert.Equal("airplane", DataSets.Open("cifar-10", Split.Train, folder.Path).ClassNames[0]);
        folder.Write($"{place}/batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"u8.ToArray());
        Assert.Equal("j", DataSets.Open("cifar-10", Split.Test, folder.Path).ClassNames[9]);
    }

    [Fact]
    public void AMissingBatchIsSaidWithTheChoice()
    {
        Write("cifar-10", 1, 2, 3, 4);
        string place = Path.Combine(folder.Path, "cifar-10");
        Assert.Equal(
            $"cifar-10: data_batch_5.bin is missing in {place} (found 1, 2, 3, 4). "
            + "Fetch it (minigrad data fetch cifar-10), or name the batches to use: cifar-10:1-4",
            Fail("cifar-10", Split.Train));
        File.Delete(Path.Combine(place, "data_batch_3.bin"));
        Assert.EndsWith("cifar-10:1,2,4", Fail("cifar-10:1-4", Split.Train), StringComparison.Ordinal);
        Assert.Equal(6, DataSets.Open("cifar-10:1,2,4", Split.Train, folder.Path).Count);
    }

    [Fact]
    public void NothingThereIsSaidWithWhatToDo()
    {
        foreach (Split split in Enum.GetValues<Split>())
        {
            string message = Fail("cifar-10", split);
            Assert.Contains(split == Split.Train ? "data_batch_1.bin" : "test_batch.bin", message, StringComparison.Ordinal);
            Assert.Contains("minigrad data fetch cifar-10", message, StringComparison.Ordinal);
        }
        Write("cifar-10", 1, 2, 3, 4, 5);
        File.Delete(Path.Combine(folder.Path, "cifar-10", "test_batch.bin"));
        Assert.Contains("found neither test_batch.bin", Fail("cifar-10", Split.Test), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cifar-10/cifar-10-binary.tar.gz")]
    [InlineData("cifar-10-binary.tar.gz")]
    public void TheArchiveAnswersForMissingFiles(string place)
    {
        Write("cifar-10", 1, 2);
        byte[][] members = [.. Enumerable.Range(1, 5).Select(i => CifarArchiveTests.Batch($"data_batch_{i}.bin", (byte)i))];
        folder.Write(place, TestTar.Pack([.. members, CifarArchiveTests.Batch("test_batch.bin", 6)]));
        Assert.Equal([1, 2, 3, 4, 5], DataSets.Open("cifar-10", Split.Train, folder.Path).Labels);
        Assert.Equal([1, 1, 2, 2], DataSets.Open("cifar-10:1,2", Split.Train, folder.Path).Labels);
        Assert.Equal([3, 5], DataSets.Open("cifar-10:3,5", Split.Train, folder.Path).Labels);
    }

    [DataFact("cifar-10")]
    public void CifarFacts()
    {
        ImageDataSet train = DataSets.Open("cifar-10:1-4", Split.Train);
        Assert.Equal((40_000, 3, 32, 32, 10), (train.Count, train.Channels, train.Height, train.Width, train.ClassCount));
        Assert.Equal([6, 9, 9, 4, 1, 1, 2, 7, 8, 3], train.Labels[..10]);
        Assert.Equal("frog", train.ClassNames[train.Labels[0]]);
        Assert.Equal([59, 43, 50], train.Pixels[..3]);
        Assert.Equal("055abe03f565b2c3bd3fb74d5bcb616348340890fb7c071088481ca8f446c06d", train.Sha256);
        ImageDataSet test = DataSets.Open("cifar-10", Split.Test);
        Assert.Equal(10_000, test.Count);
        Assert.Equal([3, 8, 8, 0, 6, 6, 1, 6, 3, 1], test.Labels[..10]);
        Assert.All(Enumerable.Range(0, 10), label => Assert.Equal(1000, test.Labels.Count(found => found == label)));
        Assert.Equal(
            ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"], test.ClassNames);
    }

    /// <summary>The published SHA-1 of the batches, taken over what was read: label, then pixels, record by record.</summary>
    [DataFact("cifar-10")]
    public void TheRealBatchesComeBackByteForByte()
    {
        string[] published =
        [
            "aadd24acce27caa71bf4b10992e9e7b2d74c2540", "c0ba65cce70568cd57b4e03e9ac8d2a5367c1795",
            "1dd00a74ab1d17a6e7d73e185b69dbf31242f295", "aab85764eb3584312d3c7f65fd2fd016e36a258e",
        ];
        ImageDataSet train = DataSets.Open("cifar-10:1-4", Split.Train);
        for (int batch = 0; batch < 4; batch++)
        {
            byte[] records = new byte[10_000 * CifarFile.RecordBytes];
            for (int i = 0; i < 10_000; i++)
            {
                int index = 10_000 * batch + i;
                records[i * CifarFile.RecordBytes] = (byte)train.Labels[index];
                train.Pixels.AsSpan(index * CifarFile.ImageBytes, CifarFile.ImageBytes)
                    .CopyTo(records.AsSpan(i * CifarFile.RecordBytes + 1));
            }
            // A published checksum, not a safeguard.
#pragma warning disable CA5350
            Assert.Equal(published[batch], Convert.ToHexStringLower(SHA1.HashData(records)));
#pragma warning restore CA5350
        }
    }

    private void Write(string place, params int[] batches)
    {
        foreach (int batch in batches)
        {
            folder.Write($"{place}/data_batch_{batch}.bin", CifarFileTests.Records((byte)(batch % 10), (byte)(batch % 10)));
        }
        folder.Write($"{place}/test_batch.bin", CifarFileTests.Records(9, 8, 7));
    }

    private string Fail(string name, Split split)
    {
        string message = Assert.Throws<DataSetException>(() => DataSets.Open(name, split, folder.Path)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
