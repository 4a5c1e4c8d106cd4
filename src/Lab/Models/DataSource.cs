using System.Collections.Concurrent;
using MiniGrad.Data;
using MiniGrad.Formats.Images;

namespace MiniGrad.Lab.Models;

/// <summary>Data sets by the names that people give them.</summary>
internal static class DataSource
{
    private static readonly ConcurrentDictionary<Split, ImageDataSet> Digits = new();

    /// <summary>What a folder of images is named by, before its path.</summary>
    public const string FolderPrefix = "folder:";

    /// <summary>The known name for a given one; an unknown one is wrong usage.</summary>
    public static string Resolve(string given) =>
        given == FolderPrefix ? throw new UsageException($"--data: {FolderPrefix} is followed by no path. Name the folder.")
        : IsFolder(given) ? given : DataSets.TryResolve(given, out string? known, out string? problem) ? known : throw new UsageException(problem);

    /// <summary>Whether a name is that of a folder of images, whose size the network decides.</summary>
    public static bool IsFolder(string name) => name.StartsWith(FolderPrefix, StringComparison.Ordinal);

    /// <summary>A folder of images, each prepared for the network; evenly chosen ones of all classes if a count is given.</summary>
    public static ImageDataSet OpenFolder(string name, LoadedModel model, ImageTransform? transform, ClassNames? classes, Session session, int? count = null)
    {
        ImageFolder folder = ImageFolder.Open(name[FolderPrefix.Length..], transform, classes, model.Network.InputShape[0]);
        foreach (string note in folder.Notes) session.Note(note);
        return Evenly(folder.Images, count);
    }

    /// <summary>One part of a data set, the first images of it if a count is given. Drawn sets are drawn once.</summary>
    public static ImageDataSet Open(string name, Split split, string? folder, int? count = null)
    {
        if (IsFolder(name)) throw new UsageException($"--data: {name}: folders of images are for eval and attack. Name one of {string.Join(", ", DataSets.Names)}.");
        return First(name == "digits" ? Digits.GetOrAdd(split, s => DataSets.Open("digits", s)) : DataSets.Open(name, split, folder), count);
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
