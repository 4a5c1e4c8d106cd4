using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Formats;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Runs;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Lab.Sweeps;

/// <summary>
/// A frozen grid: its cells, how they are cut, and the hashes of all that decides their outcome. It is written once and only ever grows;
/// nothing is cut by a number that a scheduler gives.
/// </summary>
/// <param name="Version">The program, with its commit.</param>
/// <param name="Runtime">The runtime.</param>
/// <param name="SimdBits">The width of vectors that all tasks compute with.</param>
/// <param name="ShardSize">Examples of a shard.</param>
/// <param name="Weights">The hash of each file of weights.</param>
/// <param name="Data">The hash of each data set.</param>
/// <param name="Cells">The runs.</param>
internal sealed record SweepPlan(
    string Version, string Runtime, int SimdBits, int ShardSize,
    SortedDictionary<string, string> Weights, SortedDictionary<string, string> Data,
    SweepCell[] Cells)
{
    /// <summary>More would be a burden on the file systems of clusters.</summary>
    public const int MostShards = 20_000;

    public int Shards => Cells.Sum(cell => cell.Shards);

    /// <summary>Hashes everything that a grid names.</summary>
    public static SweepPlan Freeze(SweepGrid grid, string? dataFolder, int? simdBits)
    {
        int shards = grid.Cells.Sum(cell => cell.Shards);
        if (shards > MostShards)
        {
            int larger = (int)Math.Ceiling((double)grid.ShardSize * shards / MostShards);
            throw new UsageException($"sweep: {shards} shards are more than {MostShards}, too many files. Write \"shard\": {larger}.");
        }
        SortedDictionary<string, string> weights = new(StringComparer.Ordinal), data = new(StringComparer.Ordinal);
        foreach (SweepCell cell in grid.Cells)
        {
            string file = cell.Option("--weights")
                ?? throw new UsageException("sweep: the grid has no \"weights\". Name files or shipped ones.");
            if (!weights.ContainsKey(file)) weights[file] = HashOf(file);
            string set = cell.Option("--data") ?? throw new UsageException("sweep: the grid has no \"data\". Name a data set.");
            if (!data.ContainsKey(set)) data[set] = new DataSource(DataSource.Resolve(set)) { DataFolder = dataFolder }.Load().Sha256;
        }
        return new(Machine.Version, Machine.Runtime, simdBits ?? Machine.SimdBits, grid.ShardSize, weights, data, [.. grid.Cells]);
    }

    /// <summary>The plan of a folder.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static SweepPlan Read(string folder)
    {
        string path = PathIn(folder);
        if (!File.Exists(path))
        {
            throw new UsageException(
                $"{Environment.MachineName} sees no {path}. Make one with sweep plan, and on a folder that all machines share.");
        }
        try
        {
            return JsonText.Read<SweepPlan>(RunFolder.Parse(File.ReadAllText(path)) ?? throw new JsonException());
        }
        catch (JsonException)
        {
            throw new RunFolderException(path, 0, "the file is no plan of a sweep. Make it again");
        }
    }

    /// <summary>Writes the plan, or adds its cells to the one that is there; returns how many are new.</summary>
    /// <exception cref="UsageException">A cell or a hash would change.</exception>
    public int Write(string folder)
    {
        OutputFile.Guard(folder, () => Directory.CreateDirectory(folder));
        if (!File.Exists(PathIn(folder)))
        {
            OutputFile.WriteText(PathIn(folder), JsonText.File(JsonText.Of(this)));
            return Cells.Length;
        }
        SweepPlan there = Read(folder);
        JsonObject fixedThere = JsonText.Of(there with { Weights = [], Data = [], Cells = [] });
        JsonObject fixedHere = JsonText.Of(this with { Weights = [], Data = [], Cells = [] });
        string? difference = RunFolder.Difference(fixedThere, fixedHere, "")
            ?? Changed("weights", there.Weights, Weights) ?? Changed("data", there.Data, Data);
        if (difference is not null)
        {
            throw new UsageException($"{folder} holds another plan, which differs: {difference}. Plan into another folder.");
        }
        SweepCell[] added = [.. Cells.Where(cell => there.Cells.All(old => old.Name != cell.Name))];
        SweepPlan longer = there with { Cells = [.. there.Cells, .. added] };
        foreach ((string key, string hash) in Weights) longer.Weights[key] = hash;
        foreach ((string key, string hash) in Data) longer.Data[key] = hash;
        if (added.Length > 0) OutputFile.WriteText(PathIn(folder), JsonText.File(JsonText.Of(longer)));
        return added.Length;
    }

    /// <summary>Throws unless program, weights and data are still those of the plan. The width of vectors is a matter of its own.</summary>
    public void Check(IEnumerable<SweepCell> cells, string? dataFolder)
    {
        if (Machine.Version != Version || Machine.Runtime != Runtime)
        {
            throw new UsageException($"sweep: the plan is of minigrad {Version} on {Runtime}, "
                + $"this is {Machine.Version} on {Machine.Runtime}. "
                + "Run the program that made the plan: results of two programs do not mix.");
        }
        foreach (string file in cells.Select(cell => cell.Option("--weights")!).Distinct())
        {
            if (HashOf(file) is var now && now != Weights[file]) throw Altered("weights", file, Weights[file], now);
        }
        foreach (string set in cells.Select(cell => cell.Option("--data")!).Distinct())
        {
            string now = new DataSource(DataSource.Resolve(set)) { DataFolder = dataFolder }.Load().Sha256;
            if (now != Data[set]) throw Altered("data", set, Data[set], now);
        }
    }

    /// <summary>The folder of a cell.</summary>
    public static string FolderOf(string folder, SweepCell cell) => Path.Combine(folder, "cells", cell.Name);

    private static string PathIn(string folder) => Path.Combine(folder, "plan.json");

    private static string HashOf(string weights)
    {
        string path = ShippedWeights.Locate(weights);
        InputFile.Check(path, "weights");
        return FileHash.Sha256(path);
    }

    private static InputException Altered(string what, string name, string planned, string now) => new(
        $"sweep: the {what} {name} changed since the plan was made: "
        + $"SHA-256 {now[..12]}…, planned {planned[..12]}…. Put the old ones back.");

    private static string? Changed(string what, SortedDictionary<string, string> there, SortedDictionary<string, string> here) =>
        here.Where(pair => there.TryGetValue(pair.Key, out string? old) && old != pair.Value)
            .Select(pair => $"{what} {pair.Key} has another hash").FirstOrDefault();
}
