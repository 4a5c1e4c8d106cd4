using System.Security.Cryptography;
using System.Text;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts;

/// <summary>
/// A report as one HTML file that needs nothing else: style, script and images are inside, and its own policy forbids
/// the browser to load or run anything more. Equal input gives equal bytes.
/// </summary>
public sealed record ReportPage(
    string Title, string Subtitle, IReadOnlyList<ReportSection> Sections, string Footer = "")
{
    /// <summary>The page's text.</summary>
    public string ToHtml()
    {
        Html html = new();
        html.Trusted("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Line();
        WriteHead(html);
        html.Open("body").Line();
        html.Element("a", "Skip to the results", ("class", "skip"), ("href", "#main")).Line();
        WriteHeader(html);
        html.Open("main", ("id", "main")).Line();
        for (int k = 0; k < Sections.Count; k++) WriteSection(html, k);
        html.Close().Line();
        if (Footer.Length > 0) html.Element("footer", Footer).Line();
        html.Open("script").Trusted(ReportScript.Text).Close().Line();
        html.Close().Close().Line();
        return html.ToString();
    }

    private void WriteHead(Html html)
    {
        string policy = $"default-src 'none'; img-src data:; style-src '{Digest(ReportStyle.Text)}'; " +
            $"script-src '{Digest(ReportScript.Text)}'; base-uri 'none'; form-action 'none'";
        html.Open("head").Line();
        html.Empty("meta", ("charset", "utf-8")).Line();
        html.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", policy)).Line();
        html.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Line();
        html.Empty("meta", ("name", "color-scheme"), ("content", "light dark")).Line();
        html.Element("title", Title).Line();
        html.Open("style").Trusted(ReportStyle.Text).Close().Line();
        html.Close().Line();
    }

    private void WriteHeader(Html html)
    {
        html.Open("header").Element("h1", Title);
        if (Subtitle.Length > 0) html.Element("p", Subtitle, ("class", "subtitle"));
        if (Sections.Count > 1)
        {
            html.Open("nav", ("aria-label", "Contents")).Open("ol");
            for (int k = 0; k < Sections.Count; k++)
                html.Open("li").Element("a", Sections[k].Title, ("href", "#" + SectionId(k))).Close();
            html.Close().Close();
        }
        html.Close().Line();
    }

    private void WriteSection(Html html, int index)
    {
        ReportSection section = Sections[index];
        string title = SectionId(index) + "-title";
        html.Open("section", ("id", SectionId(index)), ("aria-labelledby", title)).Line();
        html.Element("h2", section.Title, ("id", title)).Line();
        if (section.Lead.Length > 0) html.Element("p", section.Lead, ("class", "lead")).Line();
        foreach (IReportPart part in section.Parts) part.Write(html);
        html.Close().Line();
    }

    private static string SectionId(int index) => $"section-{ReportNumber.Integer(index + 1)}";

    private static string Digest(string text) =>
        "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
