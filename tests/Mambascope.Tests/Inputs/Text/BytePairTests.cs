using System.Diagnostics;
using Mambascope.Inputs.Text;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>Merging against the definition: search all pairs for the one learned first, merge it, begin again.</summary>
public sealed class BytePairTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_merges_give_what_the_definition_gives()
    {
        var random = new Random(3);
        for (var run = 0; run < 300; run++)
        {
            var merges = new Dictionary<(int, int), (int, int)>();
            for (var rank = 0; rank < 30; rank++)
            {
                // Ids of merges repeat: two merges may make the same token, as "ab"+"c" and "a"+"bc" do.
                merges.TryAdd((random.Next(12), random.Next(12)), (rank, 3 + random.Next(9)));
            }

            var pairs = new BytePairs(merges, new() { ['a'] = 0, ['b'] = 1, ['c'] = 2 }, unknown: null, fuseUnknown: false);
            for (var word = 0; word < 20; word++)
            {
                var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => "abc"[random.Next(3)])]);
                Assert.Equal(ByDefinition(text, merges), Encode(pairs, text));
            }
        }
    }

    [Fact]
    public void A_word_of_a_million_letters_is_cut_and_put_together_again()
    {
        // Seconds, because the time grows with n log n; quadratic time would be many minutes.
        var clock = Stopwatch.StartNew();
        var word = string.Concat(Enumerable.Range(0, 1_000_000).Select(i => "acgt"[(int)((uint)(i * 2654435761) >> 16) & 3]));
        var tokens = TokenizerFiles.GptNeoX.Encode(word);
        output.WriteLine($"{tokens.Count} tokens in {clock.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(word, TokenizerFiles.GptNeoX.Decode(tokens.Select(token => token.Id)));
    }

    [Fact]
    public void Letters_without_token_are_dropped_or_become_the_unknown_one()
    {
        var merges = new Dictionary<(int, int), (int, int)> { [(0, 1)] = (0, 2) };
        var letters = new Dictionary<char, int> { ['a'] = 0, ['b'] = 1 };
        Assert.Equal([(2, 0, 3)], Encode(new(merges, letters, unknown: null, fuseUnknown: false), "a?b"));
        Assert.Equal([(0, 0, 1), (9, 1, 2), (9, 2, 3), (1, 3, 4)], Encode(new(merges, letters, unknown: 9, fuseUnknown: false), "a??b"));
        Assert.Equal([(0, 0, 1), (9, 1, 3), (1, 3, 4)], Encode(new(merges, letters, unknown: 9, fuseUnknown: true), "a??b"));
    }

    private static List<(int Id, int Start, int End)> Encode(BytePairs pairs, string word)
    {
        var tokens = new List<(int, int, int)>();
        pairs.Encode(word, tokens);
        return tokens;
    }

    private static List<(int Id, int Start, int End)> ByDefinition(string word, Dictionary<(int, int), (int Rank, int Id)> merges)
    {
        List<(int Id, int Start, int End)> symbols = [.. word.Select((letter, i) => (letter - 'a', i, i + 1))];
        while (true)
        {
            var (best, into) = (-1, (Rank: int.MaxValue, Id: 0));
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                if (merges.TryGetValue((symbols[i].Id, symbols[i + 1].Id), out var merge) && merge.Rank < into.Rank)
                {
                    (best, into) = (i, merge);
                }
            }

            if (best < 0)
            {
                return symbols;
            }

            symbols[best] = (into.Id, symbols[best].Start, symbols[best + 1].End);
            symbols.RemoveAt(best + 1);
        }
    }
}
