using System.Text.Json.Serialization;
using MiniGrad.Formats;

namespace MiniGrad.Nn.Weights;

/// <summary>
/// One trained model of the index: the weight file with its hash, what it was trained on and how, and the accuracy it
/// reached: <paramref name="Correct"/> of <paramref name="Count"/> test images, as a fraction.
/// </summary>
internal sealed record WeightRecord(
    string Name,
    string File,
    string Sha256,
    string Architecture,
    string DataSet,
    Preprocessing Preprocessing,
    string Recipe,
    long Seed,
    int Epochs,
    double Accuracy,
    int Correct,
    int Count,
    string License,
    long Parameters)
{
    /// <summary>What an attack leaves of the accuracy, where that was measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RobustAccuracy? Robust { get; init; }

    /// <summary>Refuses the weight file in that folder if its bytes are not the ones that were recorded.</summary>
    public void Verify(string folder)
    {
        string path = Path.Combine(folder, File);
        string found = FileHash.Sha256(path);
        if (found != Sha256)
        {
            throw new WeightIndexException(path, 0,
                $"SHA-256 is {found}, the index has {Sha256} for {Printable.Name(Name)}. Fetch or train it again");
        }
    }

    /// <summary>What is wrong with the record, or null.</summary>
    internal string? Problem()
    {
        if (Blank(Name)) return "name must be one non-empty line";
        if (Blank(Architecture)) return "architecture must be one non-empty line";
        if (Blank(DataSet)) return "data_set must be one non-empty line";
        if (Blank(Recipe)) return "recipe must be one non-empty line";
        if (Blank(License)) return "license must be one non-empty line";
        if (!IsInside(File)) return $"file {Printable.Name(File)} must be a relative path below the index, with / between names";
        if (Sha256.Length != 64 || !Sha256.All(char.IsAsciiHexDigitLower))
        {
            return $"sha256 {Printable.Name(Sha256)} must be 64 lower-case hexadecimal digits";
        }
        if (PreprocessingProblem() is { } problem) return problem;
        if (Epochs < 0) return $"epochs {Epochs} must not be negative";
        if (Count < 1) return $"count {Count} must be at least 1";
        if (Correct < 0 || Correct > Count) return $"correct {Correct} must lie between 0 and count, {Count}";
        if (!(Accuracy >= 0 && Accuracy <= 1)) return $"accuracy {Accuracy:R} must lie between 0 and 1";
        // Leaves room for an accuracy that was rounded to a hundredth of a percent.
        if (Math.Abs(Accuracy - (double)Correct / Count) > 0.50001e-4)
        {
            return $"accuracy {Accuracy:R} is not correct / count = {Correct} / {Count} = {(double)Correct / Count:R}";
        }
        if (Robust is { } robust)
        {
            if (Blank(robust.Attack)) return "robust: attack must be one non-empty line";
            if (robust.Count < 1) return $"robust: count {robust.Count} must be at least 1";
            if (robust.Correct < 0 || robust.Correct > robust.Count)
            {
                return $"robust: correct {robust.Correct} must lie between 0 and count, {robust.Count}";
            }
        }
        if (Parameters < 1) return $"parameters {Parameters} must be at least 1";
        return null;
    }

    private string? PreprocessingProblem()
    {
        (double[] mean, double[] std) = Preprocessing;
        if (mean.Length is < 1 or > 4 || mean.Length != std.Length)
        {
            return $"preprocessing must have 1 to 4 means and as many std, found {mean.Length} and {std.Length}";
        }
        foreach (double value in mean)
        {
            if (!double.IsFinite(value)) return $"preprocessing: mean {value} must be finite";
        }
        foreach (double value in std)
        {
            if (!(double.IsFinite(value) && value > 0)) return $"preprocessing: std {value:R} must be finite and above 0";
        }
        return null;
    }

    private static bool Blank(string text) => string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl);

    /// <summary>An index that was fetched must not name files elsewhere on the disk.</summary>
    private static bool IsInside(string file)
    {
        if (Blank(file) || file.Contains('\\') || file.Contains(':')) return false;
        return file.Split('/').All(part => part is not ("" or "." or ".."));
    }
}

/// <summary>How many of the first test images an attack leaves right.</summary>
/// <param name="Attack">The attack as the command evaluate names it: <c>pgd:steps=40,epsilon=0.3</c>.</param>
internal sealed record RobustAccuracy(string Attack, int Correct, int Count);
