namespace MiniGrad.Data;

/// <summary>Where a data set's files come from: folders on the web, tried in order, that hold the same files.</summary>
/// <param name="Name">The set's name, as in <see cref="DataSets.Names"/>.</param>
/// <param name="Folder">The folder below the data folder into which the files go.</param>
/// <param name="Mirrors">Addresses that end with a slash.</param>
/// <param name="Files">The files.</param>
public sealed record FetchSource(string Name, string Folder, IReadOnlyList<Uri> Mirrors, IReadOnlyList<DataFile> Files)
{
    /// <summary>MNIST (LeCun, Cortes, Burges), Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017) and CIFAR-10 (Krizhevsky, 2009).</summary>
    public static IReadOnlyList<FetchSource> Known { get; } =
    [
        new(
            "mnist",
            "mnist",
            [new("https://ossci-datasets.s3.amazonaws.com/mnist/"), new("https://storage.googleapis.com/cvdf-datasets/mnist/")],
            [
                new("train-images-idx3-ubyte.gz", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                new("train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                new("t10k-images-idx3-ubyte.gz", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                new("t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
            ]),
        new(
            "fashion",
            "fashion-mnist",
            [new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/")],
            [
                new("train-images-idx3-ubyte.gz", 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                new("train-labels-idx1-ubyte.gz", 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                new("t10k-images-idx3-ubyte.gz", 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                new("t10k-labels-idx1-ubyte.gz", 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
            ]),
        new(
            CifarSet.Name,
            CifarSet.Name,
            [new("https://www.cs.toronto.edu/~kriz/")],
            [new(CifarArchive.FileName, 170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")]),
    ];
}

/// <summary>One file to fetch: its name on the mirrors, its exact size, and its SHA-256 in lower-case hexadecimal.</summary>
public sealed record DataFile(string Name, long Bytes, string Sha256);
