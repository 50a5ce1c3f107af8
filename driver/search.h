/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The search for the rule that a packet meets, among those that the index leaves.
 * Pure. It goes by steps, each of which is short and has no loop over rules: the
 * BPF verifier follows one, and not all.
 */
#ifndef RTI_SEARCH_H
#define RTI_SEARCH_H

#include "index.h"

/* After so many steps any search is over. */
#define RTI_SEARCH_STEPS	(RTI_INDEX_RULES_MAX + RTI_INDEX_GROUPS_MAX + 1)

/**
 * struct rti_search - a search under way
 * @ix: the beginning of the image
 * @image: the image
 * @view: of the packet
 * @left: groups that have not been looked into; none, in a small table
 * @rules: of the group that is being looked into: those that may match
 * @first: slot of that group's first rule
 * @best: slot of the matching rule of lowest rank so far, -1: none
 * @best_rank: its rank
 */
struct rti_search {
	const struct rti_index *ix;
	const void *image;
	const __u8 *view;
	struct rti_set left;
	__u64 rules;
	__u32 first;
	__s32 best;
	__u32 best_rank;
	__u32 __zero;
};

/**
 * rti_search_begin() - with what rti_index_look() has left
 * @s: out
 * @ix: the beginning of the image
 * @image: the image
 * @view: of the packet
 * @set: of rti_index_look()
 */
static __always_inline void rti_search_begin(struct rti_search *s,
					     const struct rti_index *ix,
					     const void *image, const __u8 *view,
					     struct rti_set set)
{
	s->ix = ix;
	s->image = image;
	s->view = view;
	s->left.low = ix->large ? set.low : 0;
	s->left.high = ix->large ? set.high : 0;
	s->rules = ix->large ? 0 : set.low;
	s->first = 0;
	s->best = -1;
	s->best_rank = RTI_INDEX_RULES_MAX;
	s->__zero = 0;
}

/* Looks into the next group. Returns 0: there is none. */
static __always_inline int rti_search_group(struct rti_search *s)
{
	const struct rti_group *group;

	if (rti_set_is_empty(s->left))
		return 0;
	group = rti_index_group(s->ix, s->image, rti_set_first(s->left));
	s->left = rti_set_rest(s->left);
	if (rti_index_none(group))
		return 0;
	s->first = group->first;
	s->rules = rti_group_look(group, s->image, s->view);
	return 1;
}

static __always_inline const struct rti_matcher *
rti_index_matcher(const struct rti_index *ix, const void *image, __u32 slot)
{
	const __u32 page = ix->matchers + slot / RTI_MATCHERS_PER_PAGE;
	const __u32 in_page = slot % RTI_MATCHERS_PER_PAGE;

	return (const void *)rti_index_at(image, page * RTI_INDEX_PAGE_WORDS +
					  in_page * RTI_MATCHER_WORDS,
					  RTI_MATCHER_WORDS);
}

/* The rank of the rule in a slot: how many are tried before it. */
static __always_inline __u32 rti_index_rank(const struct rti_index *ix,
					    const void *image, __u32 slot)
{
	const __u64 *word;

	if (!ix->ranks)
		return slot;
	word = rti_index_at(image, ix->ranks * RTI_INDEX_PAGE_WORDS + slot / 4, 1);
	if (rti_index_none(word))
		return 0;
	return (__u32)(*word >> slot % 4 * 16) & 0xffff;
}

/*
 * What the search asks of a rule with one of RTI_MATCHER_UNSURE that the key
 * matches: does the packet match the rule of this rank altogether?
 */
typedef int (*rti_confirm)(void *packet, __u32 rank);

/**
 * rti_search_step() - look into one group, or compare one rule
 * @s: the search
 * @key: the packet
 * @confirm: asked of unsure rules; not of all that match, nor by rank
 * @packet: for @confirm
 *
 * Return: 1: it is over, see @s->best; 0: there is more to do.
 */
static __always_inline int rti_search_step(struct rti_search *s,
					   const struct rti_key *key,
					   rti_confirm confirm, void *packet)
{
	const struct rti_matcher *m;
	__u32 slot, rank;

	if (!s->rules)
		return !rti_search_group(s);
	slot = s->first + rti_first_bit(s->rules);
	s->rules &= s->rules - 1;
	rank = rti_index_rank(s->ix, s->image, slot);
	if (rank >= s->best_rank) {
		s->rules = 0;	/* of a group, those that follow are worse */
		return 0;
	}
	m = rti_index_matcher(s->ix, s->image, slot);
	if (rti_index_none(m) || !rti_match(m, key))
		return 0;
	if (unlikely(m->flags & RTI_MATCHER_UNSURE) && !confirm(packet, rank))
		return 0;
	s->best = (__s32)slot;
	s->best_rank = rank;
	s->rules = 0;
	return 0;
}

/**
 * rti_search_run() - the rule that a parsed packet meets
 * @s: begun
 * @key: the packet
 * @confirm: of rti_search_step()
 * @packet: likewise
 *
 * Return: the slot of the matching rule of lowest rank, or -1.
 */
static __always_inline int rti_search_run(struct rti_search *s,
					  const struct rti_key *key,
					  rti_confirm confirm, void *packet)
{
	while (!rti_search_step(s, key, confirm, packet))
		;
	return s->best;
}

#endif /* RTI_SEARCH_H */
