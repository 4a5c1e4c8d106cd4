using System.Collections.Concurrent;
using MiniGrad.Data;
using MiniGrad.Formats.Images;

namespace MiniGrad.Lab.Models;

/// <summary>What a person names images by: a data set, or a folder of images.</summary>
/// <param name="Name">A name of <see cref="DataSets"/>, or <see cref="FolderPrefix"/> and a
/// path; as <see cref="Resolve"/> gives it.</param>
internal sealed record DataSource(string Name)
{
    private static readonly ConcurrentDictionary<Split, ImageDataSet> Digits = new();

    /// <summary>What a folder of images is named by, before its path.</summary>
    public const string FolderPrefix = "folder:";

    /// <summary>The folder of the data sets; the usual one by default.</summary>
    public string? DataFolder { get; init; }

    /// <summary>How many images are wanted at most: the first ones of a set, evenly chosen ones of a folder.</summary>
    public int? Count { get; init; }

    /// <summary>Whether it is a folder of images, whose size the network decides.</summary>
    public bool IsFolder => Name.StartsWith(FolderPrefix, StringComparison.Ordinal);

    /// <summary>The known name for a given one; an unknown one is wrong usage.</summary>
    public static string Resolve(string given) =>
        given == FolderPrefix ? throw new UsageException($"--data: {FolderPrefix} is followed by no path. Name the folder.")
        : new DataSource(given).IsFolder ? given
        : DataSets.TryResolve(given, out string? known, out string? problem) ? known : throw new UsageException(problem);

    /// <summary>The images of a folder, each prepared for the network; evenly chosen ones of all classes if a count is given.</summary>
    /// <exception cref="DataSetException">The folder cannot be read, or its classes are not the network's.</exception>
    public ImageDataSet Load(LoadedModel model, ImageTransform? transform, ClassNames? classes, Action<string> note)
    {
        ImageFolder folder = ImageFolder.Open(Name[FolderPrefix.Length..], transform, classes, model.Network.InputShape[0]);
        foreach (string line in folder.Notes) note(line);
        return Evenly(folder.Images, Count);
    }

    /// <summary>One part of a data set. Drawn sets are drawn once.</summary>
    /// <exception cref="UsageException">It is a folder of images.</exception>
    /// <exception cref="DataSetException">Files of the set are missing or damaged.</exception>
    public ImageDataSet Load(Split split = Split.Test)
    {
        if (IsFolder)
        {
            throw new UsageException(
                $"--data: {Name}: folders of images are for eval and attack. Name one of {string.Join(", ", DataSets.Names)}.");
        }
        return First(
            Name == "digits" ? Digits.GetOrAdd(split, s => DataSets.Open("digits", s)) : DataSets.Open(Name, split, DataFolder), Count);
    }

    /// <summary>A folder lists class after class, so its first images would be of one.</summary>
    private static ImageDataSet Evenly(ImageDataSet all, int? count)
    {
        if (count is not { } n || n >= all.Count) return all;
        int size = all.Channels * all.Height * all.Width;
        byte[] pixels = new byte[n * size];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++)
        {
            int from = (int)((long)i * all.Count / n);
            all.Pixels.AsSpan(from * size, size).CopyTo(pixels.AsSpan(i * size));
            labels[i] = all.Labels[from];
        }
        return new(all.Name, all.Channels, all.Height, all.Width, pixels, labels, all.ClassNames);
    }

    private static ImageDataSet First(ImageDataSet all, int? count)
    {
        if (count is not { } n || n >= all.Count) return all;
        int size = all.Channels * all.Height * all.Width;
        return new(all.Name, all.Channels, all.Height, all.Width, all.Pixels[..(n * size)], all.Labels[..n], all.ClassNames);
    }
}
