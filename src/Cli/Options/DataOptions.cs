using System.Collections.Concurrent;
using System.CommandLine;
using MiniGrad.Data;

namespace MiniGrad.Cli;

/// <summary>The options that name a data set, and the set they name.</summary>
internal sealed class DataOptions
{
    private static readonly ConcurrentDictionary<Split, ImageDataSet> Digits = new();

    private readonly Option<string?> folder = CliOption.Text("--data-dir", "The folder of the data sets; else MINIGRAD_DATA, else the user's cache.", "folder");

    public Option<string?> Name { get; } = CliOption.Text("--data", $"The data set: {string.Join(", ", DataSets.Names)} (or some training batches: cifar-10:1-4).", "name");

    public void AddTo(Command command, bool withName = true)
    {
        if (withName) command.Add(Name);
        command.Add(folder);
    }

    /// <summary>The folder that was named, if any.</summary>
    public string? Folder(ParseResult parse) => parse.GetValue(folder);

    /// <summary>The known name for a given one; an unknown one is wrong usage.</summary>
    public static string Resolve(string given) =>
        DataSets.TryResolve(given, out string? known, out string? problem) ? known : throw new UsageException(problem);

    /// <summary>One part of a data set, the first images of it if a count is given. Drawn sets are drawn once.</summary>
    public static ImageDataSet Open(string name, Split split, string? folder, int? count = null)
    {
        ImageDataSet all = name == "digits" ? Digits.GetOrAdd(split, s => DataSets.Open("digits", s)) : DataSets.Open(name, split, folder);
        if (count is not { } n || n >= all.Count) return all;
        int size = all.Channels * all.Height * all.Width;
        return new(all.Name, all.Channels, all.Height, all.Width, all.Pixels[..(n * size)], all.Labels[..n], all.ClassNames);
    }
}
