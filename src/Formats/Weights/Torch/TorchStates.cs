using System.Globalization;

namespace MiniGrad.Formats.Weights;

/// <summary>Finds the dictionaries of tensors in what a PyTorch file holds, and chooses the one that is meant.</summary>
internal sealed class TorchStates
{
    private const int DeepestPath = 8;
    private const int MostParts = 10_000;

    private readonly FileBytes file;
    private readonly HashSet<object> visited = new(ReferenceEqualityComparer.Instance);
    private readonly List<TorchState> found = [];

    private TorchStates(FileBytes file) => this.file = file;

    /// <summary>The only set of weights, or the one at that path; whatever is ambiguous is an error that names the choices.</summary>
    public static TorchState Choose(FileBytes file, object? root, string? path)
    {
        if (root is TorchTensor single) return new("", [("tensor", single)], []);
        TorchStates states = new(file);
        states.Visit(root, "", 0);
        TorchState[] leaves = [.. states.found.Where(state => state.IsLeaf)];
        if (leaves.Any(state => !state.IsScalars)) leaves = [.. leaves.Where(state => !state.IsScalars)];
        if (path is not null)
        {
            if (states.found.Find(state => state.Path == path) is { } exact) return exact;
            TorchState[] below = [.. leaves.Where(state => state.Path.StartsWith(path + ".", StringComparison.Ordinal))];
            if (below.Length == 0 && leaves.Length > 0)
            {
                Throw.Argument($"weights: {file.Path} holds no tensors at {Printable.Name(path)}. Choose one of: {Choices(leaves)}.");
            }
            leaves = below;
        }
        if (leaves.Length == 0) throw file.Bad(0, "the file holds no dictionary of tensors with names. Save the state_dict of the network");
        if (leaves.Length > 1)
        {
            throw file.Bad(0,
                $"the file holds several sets of weights: {Choices(leaves)}. Choose one: --state {Printable.Line(leaves[0].Path)}");
        }
        return leaves[0];
    }

    /// <summary>Walks down; whether there were tensors.</summary>
    private bool Visit(object? node, string path, int depth)
    {
        if (depth > DeepestPath || visited.Count >= MostParts || node is null || !visited.Add(node)) return false;
        return node switch
        {
            PickleDictionary dictionary => VisitDictionary(dictionary, path, depth),
            PickleList list => VisitItems(list.Items, path, depth),
            PickleTuple tuple => VisitItems(tuple.Items, path, depth),
            _ => false,
        };
    }

    private bool VisitDictionary(PickleDictionary dictionary, string path, int depth)
    {
        TorchState state = new(path, [], []);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach ((object? key, object? value) in dictionary.Pairs)
        {
            // The memory of an optimiser is numbered.
            if (key is not string name) continue;
            if (value is TorchTensor tensor)
            {
                if (!names.Add(name)) throw file.Bad(tensor.At, $"the name {Printable.Name(name)} occurs twice");
                state.Tensors.Add((name, tensor));
                continue;
            }
            state.Others.Add((name, value));
        }
        if (state.Tensors.Count > 0) found.Add(state);
        foreach ((string name, object? value) in state.Others)
        {
            if (!IsOfTraining(name) && Visit(value, path.Length == 0 ? name : $"{path}.{name}", depth + 1)) state.IsLeaf = false;
        }
        return state.Tensors.Count > 0 || !state.IsLeaf;
    }

    /// <summary>A list of one dictionary stands for that dictionary; parts of a longer one are numbered.</summary>
    private bool VisitItems(IReadOnlyList<object?> items, string path, int depth)
    {
        bool any = false;
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i] is not PickleDictionary) continue;
            string number = i.ToString(CultureInfo.InvariantCulture);
            any |= Visit(items[i], items.Count == 1 ? path : path.Length == 0 ? number : $"{path}.{number}", depth + 1);
        }
        return any;
    }

    private static bool IsOfTraining(string name) =>
        name is "opt" or "amp" || name.Contains("optim", StringComparison.OrdinalIgnoreCase)
        || name.Contains("sched", StringComparison.OrdinalIgnoreCase) || name.Contains("scaler", StringComparison.OrdinalIgnoreCase);

    private static string Choices(TorchState[] states)
    {
        const int Shown = 20;
        string rest = states.Length > Shown ? $" and {states.Length - Shown} more" : "";
        return string.Join(", ", states.Take(Shown).Select(state => $"{state} ({state.Tensors.Count} tensors)")) + rest;
    }
}

/// <summary>One dictionary of tensors in a PyTorch file: where it stood, its tensors by name, and what else it held.</summary>
internal sealed record TorchState(string Path, List<(string Name, TorchTensor Value)> Tensors, List<(string Name, object? Value)> Others)
{
    /// <summary>Whether no part of it holds tensors of its own.</summary>
    public bool IsLeaf { get; set; } = true;

    /// <summary>Losses and accuracies rather than weights.</summary>
    public bool IsScalars => Tensors.TrueForAll(tensor => tensor.Value.Count <= 1);

    public override string ToString() => Path.Length == 0 ? "the whole" : Printable.Name(Path);
}
