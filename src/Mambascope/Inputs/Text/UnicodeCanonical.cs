using System.Globalization;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Canonical decompositions, compositions and combining classes of Unicode 15.0. The runtime has them only together with ICU, a
/// native library that this project does without.
/// </summary>
internal sealed class UnicodeCanonical
{
    // Hangul syllables are composed by arithmetic (Unicode Standard, section 3.12).
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Trails = 28, Syllables = Leads * Vowels * Trails;

    private readonly Dictionary<int, byte> classes = [];
    private readonly Dictionary<int, int[]> decompositions = [];
    private readonly Dictionary<(int First, int Second), int> compositions = [];
    private readonly HashSet<int> seconds = [];

    private UnicodeCanonical()
    {
        var steps = new Dictionary<int, int[]>();
        using var lines = new StreamReader(
            typeof(UnicodeCanonical).Assembly.GetManifestResourceStream("Mambascope.Unicode.canonical.txt")!);
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var fields = line.Split(';');
            var code = Code(fields[0]);
            if (fields[1].Length > 0)
            {
                classes.Add(code, byte.Parse(fields[1], CultureInfo.InvariantCulture));
            }

            if (fields.Length > 2)
            {
                var step = fields[2].Split(' ').Select(Code).ToArray();
                steps.Add(code, step);
                if (fields.Length == 3 && step.Length == 2)
                {
                    compositions.Add((step[0], step[1]), code);
                    seconds.Add(step[1]);
                }
            }
        }

        foreach (var code in steps.Keys)
        {
            decompositions.Add(code, [.. Full(code)]);
        }

        IEnumerable<int> Full(int code) => steps.TryGetValue(code, out var step) ? step.SelectMany(Full) : [code];
    }

    public static UnicodeCanonical Tables { get; } = new();

    /// <summary>The combining class: 0 for what begins a new character.</summary>
    public int Class(int code) => classes.GetValueOrDefault(code);

    /// <summary>Adds the full decomposition of a code point, or itself.</summary>
    public void Decompose(int code, List<int> to)
    {
        var syllable = code - SyllableBase;
        if (syllable is >= 0 and < Syllables)
        {
            to.Add(LeadBase + (syllable / (Vowels * Trails)));
            to.Add(VowelBase + (syllable / Trails % Vowels));
            if (syllable % Trails > 0)
            {
                to.Add(TrailBase + (syllable % Trails));
            }
        }
        else if (decompositions.TryGetValue(code, out var parts))
        {
            to.AddRange(parts);
        }
        else
        {
            to.Add(code);
        }
    }

    /// <summary>The code point that two make together, or -1.</summary>
    public int Compose(int first, int second)
    {
        var (lead, vowel, syllable, trail) = (first - LeadBase, second - VowelBase, first - SyllableBase, second - TrailBase);
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
        {
            return SyllableBase + (((lead * Vowels) + vowel) * Trails);
        }

        if (syllable is >= 0 and < Syllables && syllable % Trails == 0 && trail is > 0 and < Trails)
        {
            return first + trail;
        }

        return compositions.GetValueOrDefault((first, second), -1);
    }

    /// <summary>Whether a code point is the second of some composition.</summary>
    public bool IsSecond(int code)
        => code - VowelBase is >= 0 and < Vowels || code - TrailBase is > 0 and < Trails || seconds.Contains(code);

    private static int Code(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
