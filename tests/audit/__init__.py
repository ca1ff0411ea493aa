"""The site as readers, their programs and their networks meet it, held against the bars.

`python -m tests.audit` builds the sites and measures them whole, which takes a quarter of an hour;
tests/test_reader_site.py has the part that is quick. The tools it needs besides Python are in
package.json: `npm ci` in this folder, Java and Chromium.
"""
