using System.Globalization;

namespace Mambascope.Imaging.Reports;

/// <summary>
/// Items that a reader can put in another order. Nothing but the style sheet does that: each item carries its place in every order, and
/// the button that is pressed says which place counts.
/// </summary>
internal static class SortedItems
{
    /// <summary>The most orders that a page can offer.</summary>
    internal const int MostOrders = 6;

    /// <summary>What the buttons do.</summary>
    internal static string Styles
        => string.Concat(Enumerable.Range(0, MostOrders).Select(order =>
            FormattableString.Invariant($".sorted:has(.order{order}:checked) article {{ order: var(--o{order}); }}\n")))
        + """
        .orders { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0; padding: 0; border: 0; }
        .orders legend { float: left; margin-right: 1rem; padding: 0; color: var(--soft); }
        .items { display: flex; flex-wrap: wrap; gap: 1.5rem 2rem; }
        .items article { max-width: 100%; padding-top: .75rem; border-top: 1px solid var(--line); }
        .items article:has(.marked) { width: 100%; }
        .items h3 { font-size: 1rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
        .items p { margin: .15rem 0; font-size: .9rem; }
        .items .pictures { gap: .75rem; margin: .5rem 0 0; }
        .items .pictures figcaption { max-width: 14rem; }

        """;

    /// <summary>Writes the buttons and the items, at first in the first order.</summary>
    internal static void Write(Markup page, IReadOnlyList<ReportItem> items, IReadOnlyList<ReportOrder> orders)
    {
        page.Open("div", ("class", "sorted"));
        if (orders.Count > 1)
        {
            page.Open("fieldset", ("class", "orders")).Leaf("legend", "Order");
            for (var i = 0; i < orders.Count; i++)
            {
                page.Open("label")
                    .Empty("input", ("type", "radio"), ("name", "order"), ("class", $"order{i}"), ("checked", i == 0 ? "checked" : null))
                    .Text(" " + orders[i].Name)
                    .Close();
            }

            page.Close();
        }

        page.Open("div", ("class", "items"));
        for (var item = 0; item < items.Count; item++)
        {
            items[item].Write(page, string.Join("; ", orders.Index().Select(order =>
                string.Create(CultureInfo.InvariantCulture, $"--o{order.Index}: {order.Item.Places[item]}"))));
        }

        page.Close().Close();
    }
}
