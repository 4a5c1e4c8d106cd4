using System.Globalization;
using System.Text;

namespace MiniGrad.Charts;

/// <summary>
/// What it takes to run the same computation again, in one block to copy: command line, seed, device, versions and
/// hashes. Belongs at the end of a page.
/// </summary>
public sealed record ReproduceSection(
    string Command, long Seed, string Device, IReadOnlyList<(string Name, string Version)> Versions,
    IReadOnlyList<(string Name, string Hash)> Hashes) : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        html.Open("div", ("class", "reproduce"));
        html.Element("button", "Copy", ("type", "button"), ("hidden", "hidden"), ("class", "copy"));
        html.Element("pre", Block(), ("tabindex", "0"), ("aria-label", "Command, seed, device, versions and hashes"));
        html.Close().Line();
    }

    /// <summary>The block as plain text: the command first, then comment lines, fit to paste into a shell.</summary>
    public string Block()
    {
        string seed = Seed.ToString(CultureInfo.InvariantCulture);
        List<(string Name, string Value)> rows = [("seed", seed), ("device", Device)];
        rows.AddRange(Versions);
        rows.AddRange(Hashes);
        int widest = rows.Max(row => row.Name.Length);
        StringBuilder block = new StringBuilder(Command).Append('\n');
        foreach ((string name, string value) in rows)
            block.Append("\n# ").Append(OneLine(name).PadRight(widest)).Append("  ").Append(OneLine(value));
        return block.ToString();
    }

    // A line break in a value would end the comment and turn the rest into a command.
    private static string OneLine(string value) => value.ReplaceLineEndings(" ");
}
