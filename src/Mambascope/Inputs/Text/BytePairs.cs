namespace Mambascope.Inputs.Text;

/// <summary>
/// Byte-pair encoding of one word: neighbours are merged, the pair that was learned first before all others, until none is left.
/// </summary>
/// <remarks>
/// A queue holds the pairs by rank, then by place; the symbols are a linked list, so that a word of n bytes takes O(n log n).
/// A pair that was changed by a merge beside it is recognised by its symbols when its turn comes.
/// </remarks>
internal sealed class BytePairs
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> merges;
    private readonly Dictionary<char, int> letters;
    private readonly int? unknown;
    private readonly bool fuseUnknown;

    /// <param name="merges">For two neighbouring ids, when they are merged and into what.</param>
    /// <param name="letters">Ids of single letters.</param>
    /// <param name="unknown">The id for letters that have none; null where they are dropped.</param>
    /// <param name="fuseUnknown">Whether neighbouring unknown letters are one token.</param>
    public BytePairs(
        Dictionary<(int Left, int Right), (int Rank, int Id)> merges, Dictionary<char, int> letters, int? unknown, bool fuseUnknown)
    {
        this.merges = merges;
        this.letters = letters;
        this.unknown = unknown;
        this.fuseUnknown = fuseUnknown;
    }

    /// <summary>The tokens of a word: ids, and the range of its letters that each stands for.</summary>
    public void Encode(ReadOnlySpan<char> word, List<(int Id, int Start, int End)> tokens)
    {
        Encode(Symbols(word), tokens);
    }

    /// <summary>Merges symbols that are given by their ids and ranges.</summary>
    public void Encode(ReadOnlySpan<(int Id, int Start, int End)> from, List<(int Id, int Start, int End)> tokens)
    {
        var symbols = new Symbol[from.Length];
        for (var i = 0; i < symbols.Length; i++)
        {
            symbols[i] = new()
            {
                Id = from[i].Id,
                Start = from[i].Start,
                End = from[i].End,
                Previous = i - 1,
                Next = i + 1 < symbols.Length ? i + 1 : -1,
            };
        }

        Encode(symbols, tokens);
    }

    private void Encode(Symbol[] symbols, List<(int Id, int Start, int End)> tokens)
    {
        Merge(symbols);
        for (var i = 0; i >= 0 && i < symbols.Length; i = symbols[i].Next)
        {
            tokens.Add((symbols[i].Id, symbols[i].Start, symbols[i].End));
        }
    }

    private Symbol[] Symbols(ReadOnlySpan<char> word)
    {
        var symbols = new Symbol[word.Length];
        var (count, isLastUnknown) = (0, false);
        for (var i = 0; i < word.Length; i++)
        {
            var isKnown = letters.TryGetValue(word[i], out var id);
            if (!isKnown && (unknown is null || (fuseUnknown && isLastUnknown)))
            {
                if (unknown is not null)
                {
                    symbols[count - 1].End = i + 1;
                }

                continue;
            }

            symbols[count] = new() { Id = isKnown ? id : unknown!.Value, Start = i, End = i + 1, Previous = count - 1, Next = count + 1 };
            isLastUnknown = !isKnown;
            count++;
        }

        if (count > 0)
        {
            symbols[count - 1].Next = -1;
        }

        return symbols[..count];
    }

    private void Merge(Symbol[] symbols)
    {
        var queue = new PriorityQueue<(int Left, int LeftId, int RightId), (int Rank, int Place)>();
        for (var i = 0; i + 1 < symbols.Length; i++)
        {
            Enqueue(i);
        }

        while (queue.TryDequeue(out var pair, out _))
        {
            ref var left = ref symbols[pair.Left];
            if (left.Id != pair.LeftId || left.Next < 0 || symbols[left.Next].Id != pair.RightId)
            {
                continue;
            }

            ref var right = ref symbols[left.Next];
            left.Id = merges[(pair.LeftId, pair.RightId)].Id;
            left.End = right.End;
            left.Next = right.Next;
            right.Id = -1;
            if (left.Next >= 0)
            {
                symbols[left.Next].Previous = pair.Left;
                Enqueue(pair.Left);
            }

            if (left.Previous >= 0)
            {
                Enqueue(left.Previous);
            }
        }

        void Enqueue(int left)
        {
            var (leftId, rightId) = (symbols[left].Id, symbols[symbols[left].Next].Id);
            if (merges.TryGetValue((leftId, rightId), out var merge))
            {
                queue.Enqueue((left, leftId, rightId), (merge.Rank, left));
            }
        }
    }

    private struct Symbol
    {
        public int Id;
        public int Start;
        public int End;
        public int Previous;
        public int Next;
    }
}
