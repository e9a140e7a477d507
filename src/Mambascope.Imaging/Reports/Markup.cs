using System.Globalization;
using System.Text;
using System.Xml;

namespace Mambascope.Imaging.Reports;

/// <summary>
/// Writes HTML that is XML at the same time: every text and attribute is escaped by the XML writer, every element closed. Only elements
/// that HTML knows as empty (and shapes of SVG) may be written with <see cref="Empty"/>; to a browser any other <c>&lt;p/&gt;</c> is an
/// open tag.
/// </summary>
internal sealed class Markup : IDisposable
{
    private readonly StringBuilder text = new();
    private readonly XmlWriter writer;
    private readonly Dictionary<string, int> series = new(StringComparer.Ordinal);

    internal Markup() => writer = XmlWriter.Create(text, new()
    {
        OmitXmlDeclaration = true,
        Indent = true,
        IndentChars = "",
        NewLineChars = "\n",
        ConformanceLevel = ConformanceLevel.Fragment,
    });

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    /// <summary>All that was written.</summary>
    public override string ToString()
    {
        writer.Flush();
        return text.ToString();
    }

    /// <summary>
    /// The number of a curve by its name: the same in every chart of the page, so that a colour stands for one thing only.
    /// </summary>
    internal int Series(string name)
    {
        series.TryAdd(name, series.Count);
        return series[name];
    }

    /// <summary>A coordinate or size.</summary>
    internal static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Opens an element; null attributes are left out.</summary>
    internal Markup Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        writer.WriteStartElement(name);
        foreach (var (attribute, value) in attributes)
        {
            if (value is not null)
            {
                writer.WriteAttributeString(attribute, Printable(value));
            }
        }

        return this;
    }

    /// <summary>Closes the innermost open element.</summary>
    internal Markup Close()
    {
        writer.WriteFullEndElement();
        return this;
    }

    /// <summary>An element with nothing in it, of those that HTML knows as empty or that are shapes.</summary>
    internal Markup Empty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Open(name, attributes);
        writer.WriteEndElement();
        return this;
    }

    /// <summary>An element with nothing but text in it.</summary>
    internal Markup Leaf(string name, string content, params ReadOnlySpan<(string Name, string? Value)> attributes)
        => Open(name, attributes).Text(content).Close();

    /// <summary>Text.</summary>
    internal Markup Text(string content)
    {
        writer.WriteString(Printable(content));
        return this;
    }

    /// <summary>
    /// Control characters and halves of surrogate pairs are in no page; what stands for them says that something was there.
    /// </summary>
    private static string Printable(string content)
    {
        var bad = FirstBad(content, 0);
        if (bad < 0)
        {
            return content;
        }

        var clean = new StringBuilder(content);
        for (; bad >= 0; bad = FirstBad(content, bad + 1))
        {
            clean[bad] = '\uFFFD';
        }

        return clean.ToString();
    }

    private static int FirstBad(string content, int from)
    {
        for (var i = from; i < content.Length; i++)
        {
            if (char.IsHighSurrogate(content[i]) && i + 1 < content.Length && char.IsLowSurrogate(content[i + 1]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(content[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
